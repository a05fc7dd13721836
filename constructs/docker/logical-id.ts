/** Terraform's names have no dash where a shell must quote it. */
function idOf(name: string): string {
  return name.replaceAll("-", "_");
}

/** Terraform's id of a container, by its role. */
export function containerLogicalId(role: string): string {
  return idOf(role);
}

/** Terraform's id of an image and of the variable that names it: `nginx_image`. */
export function imageLogicalId(name: string): string {
  return `${idOf(name)}_image`;
}
