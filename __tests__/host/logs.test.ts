import { readHostTexts } from "../../host/files";
import { resolve } from "node:path";

const texts = readHostTexts(resolve(__dirname, "../.."));

it("bounds the log of each container on a host, whatever has started it", () =>
  expect(JSON.parse(texts["etc/daemon.json"] ?? "")).toMatchObject({
    "log-driver": "json-file",
    "log-opts": { "max-size": "10m", "max-file": "3" },
  }));

it("bounds the system's journal", () =>
  expect(texts["etc/journald.conf"]).toBe("[Journal]\nSystemMaxUse=200M\n"));
