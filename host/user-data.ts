/** Placeholder until the first boot lands. */
export function userData(settings: object, assets: string): string {
  return `#cloud-config\n# ${JSON.stringify(settings)} ${assets.length}\n`;
}
