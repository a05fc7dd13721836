import { defineDeployment } from "./config";

export default defineDeployment({ project: { folder: "examples/guestbook" } });
