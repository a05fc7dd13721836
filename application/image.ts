/** Name of an image: an official one that the machine may replace by its own build, or the application's. */
export type Image =
  | {
      readonly kind: "base";
      /** Which one; also the variable (`python_image`) by which a machine without a registry names its own. */
      readonly base: "python" | "nginx" | "mariadb";
      /** The official image. */
      readonly reference: string;
    }
  | { readonly kind: "application"; readonly build: ImageBuild };

/** How the application's image is built. */
export interface ImageBuild {
  /** Repository of the image; the tag is the hash of what goes into it. */
  readonly repository: string;
  readonly base: Extract<Image, { kind: "base" }>;
  /** Dockerfile's arguments but for the base image. */
  readonly arguments: Readonly<Record<string, string>>;
}

/** The user that the application runs as, in every image. */
export const APPLICATION_USER = 10_001;

/** nginx's user in the official image; its group is the application's, for the socket. */
export const NGINX_USER = "101:10001";

/** MariaDB's user in the official image. */
export const DATABASE_USER = "999:999";
