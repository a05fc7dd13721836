import type { ImageVersion } from "../config/deployment";

/** An official image, which the machine may replace by its own build. */
export interface BaseImage {
  readonly kind: "base";
  /** Which one, in lower-case letters; {@link imageVariable} names another one that stands for it. */
  readonly base: string;
  /** The official image. */
  readonly reference: string;
  readonly version: ImageVersion;
}

/** Name of an image: an official one, or the application's. */
export type Image = BaseImage | { readonly kind: "application"; readonly build: ImageBuild };

/** How the application's image is built. */
export interface ImageBuild {
  /** Repository of the image; the tag is the hash of what goes into it. */
  readonly repository: string;
  /** Its label, and its key among the images. */
  readonly role: string;
  readonly base: BaseImage;
  /** Dockerfile's arguments but for the base image. */
  readonly arguments: Readonly<Record<string, string>>;
}

/** The official image below an image, or the image itself. */
export function baseOf(image: Image): BaseImage {
  return image.kind === "base" ? image : image.build.base;
}

/** Variable by which a machine without a registry names the image that stands for an official one. */
export function imageVariable(base: string): string {
  return `${base.toUpperCase()}_IMAGE`;
}

/** The user that the application runs as, in every image. */
export const APPLICATION_USER = 10_001;
