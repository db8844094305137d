import tseslint from 'typescript-eslint';

export default [
  { ignores: ['dist/', 'node_modules/', '.data/', 'web/dist/', 'web/src/api/schema.d.ts'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: a thing has one name everywhere.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import a thing from where it is.' },
      ],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // The list of ways out of the process is kept by .dependency-cruiser.cjs; a global needs no import, so it is refused here.
    files: ['src/**/*.ts', 'workers/**/*.ts', 'config/**/*.ts'],
    ignores: ['src/platform/geocoder.ts'],
    rules: { 'no-restricted-globals': ['error', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'] },
  },
  {
    files: ['src/cli/**/*.ts', 'src/cli.ts', 'workers/all-in-one.ts', 'workers/print-week.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['config/**', 'test/**', 'bench/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Settings come from config/env.ts.' }],
    },
  },
  {
    // The kernel has no clock and no randomness but its seed: a run could not be repeated otherwise.
    files: ['src/matching/kernel/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'performance', 'process', 'fetch', 'setTimeout', 'setImmediate'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Use the seed.' }, { object: 'process', property: 'env' }],
    },
  },
  { files: ['src/platform/postgres/migrations/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['web/vite.config.ts', '*.config.js', '*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
];
