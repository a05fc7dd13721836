import { STATIC } from "../../../application/backing-services/nginx";
import { lines } from "../../e2e/support/docker";
import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** What the release brings. */
const FILES = 40;

/** The power is cut as soon as a release with new static files has said that it serves. */
export const staticAfterCut: Fault = {
  number: 41,
  title: "power cut as soon as a release with new static files has served",
  where: ["host"],
  survived: "after the boot the release serves, and each static file is whole; nothing by hand",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    for (let number = 0; number < FILES; number++)
      site.clone.write(
        `examples/guestbook/entries/static/entries/of-the-cut-${number}.css`,
        `.cut-${number} { color: red }\n`.repeat(100 + number),
      );
    site.clone.release("with new static files");
    const { status, output } = await site.release();
    trial.check("the release succeeds", status === 0, reasonIn(output));
    await site.reboot();
    trial.ended();
    trial.check("visitors are served", await trial.within(90, async () => site.isWell()));
    trial.check("it serves", (await site.serving()) === "with new static files");
    const damaged = lines((await site.inside("nginx", `find ${STATIC} -type f -size 0 | head -n 20`)).stdout);
    trial.check("no static file is empty", damaged.length === 0, damaged.join(" "));
    const found = lines((await site.inside("nginx", `find ${STATIC} -name 'of-the-cut-*.css*'`)).stdout);
    trial.check(
      "each is there, and compressed",
      found.length >= 4 * FILES,
      `${found.length} of ${4 * FILES}`,
    );
  },
};
