/** Role of the volume with the users' uploads. */
export const MEDIA_VOLUME = "media";

/** Role of the volume with Django's static files. */
export const STATIC_VOLUME = "static";

/** Role of the volume with the sockets, through which nginx reaches the web containers. */
export const RUN_VOLUME = "run";

/** Where the volume of sockets is mounted, in nginx and in web. */
export const SOCKETS = "/run/web";
