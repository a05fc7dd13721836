/** Tests that start programs have a minute each unless they say more; a project's own `testTimeout` has no effect. */
jest.setTimeout(60_000);
