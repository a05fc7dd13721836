/** Tests that start programs have two minutes each unless they say more; a project's own `testTimeout` has no effect. */
jest.setTimeout(120_000);
