import { type Evidence, decideOwner } from "../../../cli/data/owner";
import type { DeploymentRecord } from "../../../cli/data/record";

const OURS = "0".repeat(32);
const THEIRS = "f".repeat(32);

const record: DeploymentRecord = {
  folder: "/srv/other",
  computer: "here",
  database: { name: "django", user: "django" },
};

/** A folder without id and state, on an engine with nothing of its name. */
const nothing: Evidence = {
  folder: "/srv/backend",
  name: "backend",
  volumes: [],
  recordedFolderIsThere: false,
  known: [],
  elsewhere: [],
};

function volumes(id?: string): Evidence["volumes"] {
  return ["backend-dbdata", "backend-media", "backend-secrets"].map((name) => ({ name, id }));
}

const known = ["backend-dbdata", "backend-media"];

describe("the data of a name are", () => {
  it("nobody's when there are none, with an id or without", () => {
    expect(decideOwner(nothing)).toEqual({ kind: "nobody" });
    expect(decideOwner({ ...nothing, id: OURS })).toEqual({ kind: "nobody" });
  });

  it("this deployment's when they carry its id, also in a clone that has no state", () =>
    expect(decideOwner({ ...nothing, id: OURS, volumes: volumes(OURS) })).toEqual({
      kind: "this",
      id: OURS,
    }));

  it("this deployment's when the secrets volume says so: volumes of before carry no label", () =>
    expect(decideOwner({ ...nothing, id: OURS, volumes: volumes(), volumeId: OURS })).toEqual({
      kind: "this",
      id: OURS,
    }));

  it("another deployment's when they carry another id, whatever this folder's state says", () => {
    const evidence = { ...nothing, id: OURS, volumes: volumes(THEIRS), record };
    expect(decideOwner(evidence)).toEqual({ kind: "another", record });
    expect(decideOwner({ ...evidence, known })).toEqual({ kind: "another", record });
    expect(decideOwner({ ...nothing, id: OURS, volumes: volumes(), volumeId: THEIRS })).toMatchObject({
      kind: "another",
    });
  });

  it("another deployment's when only one of them carries another id", () =>
    expect(
      decideOwner({ ...nothing, id: OURS, volumes: [...volumes(OURS), { name: "backend-run", id: THEIRS }] }),
    ).toMatchObject({ kind: "another" }));

  it("another deployment's when this folder has no id: it never deployed them", () =>
    expect(decideOwner({ ...nothing, volumes: volumes(THEIRS) })).toEqual({
      kind: "another",
      record: undefined,
    }));

  it("this folder's when its deployment.id was lost and its state was not", () =>
    expect(decideOwner({ ...nothing, volumes: volumes(OURS), known })).toEqual({ kind: "this", id: OURS }));

  it("another deployment's when this folder is a copy, with its state, of one that is still there", () =>
    expect(
      decideOwner({ ...nothing, volumes: volumes(OURS), known, record, recordedFolderIsThere: true }),
    ).toEqual({ kind: "another", record }));

  it("this folder's when the folder was moved", () =>
    expect(decideOwner({ ...nothing, volumes: volumes(OURS), known, record })).toMatchObject({
      kind: "this",
    }));

  it("this folder's when they carry no id and its state knows them: they were made before", () =>
    expect(decideOwner({ ...nothing, volumes: volumes(), known })).toEqual({ kind: "this" }));

  it("nobody's that is known when they carry no id and no state knows them", () =>
    expect(decideOwner({ ...nothing, id: OURS, volumes: volumes() })).toEqual({ kind: "unknown" }));

  it("adopted by their name and no other one, and never when they carry an id", () => {
    const evidence = { ...nothing, volumes: volumes() };
    expect(decideOwner(evidence, "backend")).toEqual({ kind: "this" });
    expect(decideOwner(evidence, "frontend")).toMatchObject({ kind: "unknown" });
    expect(decideOwner({ ...nothing, volumes: volumes(THEIRS) }, "backend")).toMatchObject({
      kind: "another",
    });
  });

  it("under the name before when deployment.ts was given another one", () => {
    const elsewhere = ["books-shop-dbdata", "books-shop-media"];
    expect(decideOwner({ ...nothing, id: OURS, elsewhere })).toEqual({
      kind: "renamed",
      before: "books-shop",
    });
  });
});
