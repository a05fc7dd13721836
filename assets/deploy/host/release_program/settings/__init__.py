"""What the program is told of the application: settings.json beside it, which `deployment.ts` makes."""
