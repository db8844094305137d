// Jest runs the ES modules of this project as they are (node --experimental-vm-modules); swc only strips the types.
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFiles: ['<rootDir>/test/support/fast-check-in-ci.ts'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
