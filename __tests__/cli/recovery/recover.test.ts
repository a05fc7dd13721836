import { taskPatience } from "../../../cli/recovery/recover";

it("a migration of an earlier run is waited for as long as a migration may take, and other tasks for ten minutes", () => {
  expect(taskPatience("migrate")).toBe(86_400);
  expect(taskPatience("nginx-config")).toBe(600);
});
