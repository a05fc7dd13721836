import type { PythonModule } from "../../python/module";
import type { KnownEnvironment } from "./known";
import { UNKNOWN, truth } from "./known";
import { type KnownSetting, knownSettings } from "./known-settings";

/** A setting that must not be on in production, as the project's settings have it. */
export interface Switch {
  /** Whether it is on; undefined when the text doesn't tell. */
  readonly on?: boolean;
  /** The environment variable that turns it off, and the value that does; undefined when none does for certain. */
  readonly off?: { readonly variable: string; readonly value: string };
  /** The variable that production has for certain, and that keeps it on. */
  readonly by?: { readonly variable: string; readonly value: string };
  /** Where it got its value: a file below the project's folder, and a line. */
  readonly place?: { readonly file: string; readonly line: number };
}

/** What turns a flag off in one project or another; the first that does is taken. */
const WORDS = ["False", "0", "false", "no", "off", ""];

/** For a negated one: `not os.environ.get("PRODUCTION")`. */
const OPPOSITES = ["True", "1"];

/** The switches of one settings module, which is followed once for each environment. */
export class Switches {
  private readonly followed = new Map<KnownEnvironment, ReadonlyMap<string, KnownSetting>>();

  /** @param settings undefined: the project has no settings, of which nothing is known */
  public constructor(private readonly settings: PythonModule | undefined) {}

  /**
   * Whether a setting is on in production, and what turns it off.
   *
   * @param environment what the process will have for certain: a variable that isn't in it is not set
   */
  public of(name: string, environment: KnownEnvironment): Switch {
    if (this.settings === undefined) return {};
    const setting = this.namesWith(environment).get(name);
    if (setting === undefined) return { on: false };
    const on = truth(setting.value);
    const place = { file: setting.file, line: setting.line };
    if (on === UNKNOWN) return { place };
    if (!on) return { on };
    const words = new Set([...WORDS, ...OPPOSITES, ...setting.texts]);
    const turnsOff = (variable: string): string | undefined =>
      [...words].find((value) => {
        const after = this.namesWith(new Map([...environment, [variable, value]])).get(name);
        return after !== undefined && truth(after.value) === false;
      });
    for (const variable of setting.reads) {
      const value = environment.has(variable) ? undefined : turnsOff(variable);
      if (value !== undefined) return { on, off: { variable, value }, place };
    }
    for (const variable of setting.reads) {
      const value = environment.get(variable);
      if (typeof value === "string" && turnsOff(variable) !== undefined)
        return { on, by: { variable, value }, place };
    }
    return { on, place };
  }

  private namesWith(environment: KnownEnvironment): ReadonlyMap<string, KnownSetting> {
    const names =
      this.followed.get(environment) ??
      (this.settings === undefined
        ? new Map<string, KnownSetting>()
        : knownSettings(this.settings, environment));
    this.followed.set(environment, names);
    return names;
  }
}
