/** A path that may be named as one to which passwords are sent: it becomes part of nginx's configuration. */
export const LOGIN_PATH = /^(\/[\w.-]+)+\/?$/;
