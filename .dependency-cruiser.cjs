// Who may import whom (ARCHITECTURE: rooms look left). `test/arch/import-rules.test.ts` runs these on the tree and
// breaks each of them once on purpose in `test/fixtures/house`.
const ROOMS = ['access', 'resources', 'companies', 'flows', 'imports', 'matching', 'review', 'introductions', 'tuning', 'insights'];

const looksLeftOnly = ROOMS.slice(0, -1).map((room, index) => ({
  name: `room-${room}-looks-left`,
  severity: 'error',
  comment: `${room} may import rooms to its left and platform; what goes to the right goes as a job or an id`,
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${ROOMS.slice(index + 1).join('|')})/` },
}));

// A file named by a verb-noun is an action; queries, entities, controllers, DTOs and modules say so; workers of a kind are listed.
const IMPURE = '(^src/[a-z]+/[a-z]+-[a-z-]+\\.ts$|\\.(queries|entities|controller|dto|module|guard|middleware)\\.ts$)';
/** Everything in a kernel or learning folder, and the nouns of a room. */
const PURE = '^src/[a-z]+/(kernel|learning)/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'no cycles, not even of types', from: {}, to: { circular: true } },
    ...looksLeftOnly,
    { name: 'platform-knows-no-room', severity: 'error', from: { path: '^src/platform/' }, to: { path: `^src/(${ROOMS.join('|')})/` } },
    { name: 'src-never-imports-workers', severity: 'error', from: { path: '^src/' }, to: { path: '^workers/' } },
    { name: 'config-knows-only-pure-resources-and-policy', severity: 'error', from: { path: '^config/' }, to: { path: '^(src|workers)/', pathNot: '^src/(resources/|matching/policy\\.ts)' } },
    { name: 'web-stands-alone', severity: 'error', comment: 'web knows only the generated API types', from: { path: '^web/' }, to: { path: '^(src|workers|config|bench|test)/' } },
    { name: 'tests-stay-outside', severity: 'error', from: { path: '^(src|workers|config|bench|web)/' }, to: { path: '^test/' } },
    {
      name: 'kernel-is-pure', severity: 'error', comment: 'values in, values out: no clock, I/O, framework, database',
      from: { path: PURE },
      to: { path: '.', pathNot: [PURE, '^src/matching/policy\\.ts$', '^src/resources/[a-z-]+\\.ts$', '(^|/)node_modules/(@turf|pure-rand)/'] },
    },
    { name: 'turf-in-geodesy-only', severity: 'error', from: { path: '^src/', pathNot: '^src/matching/kernel/geodesy\\.ts$' }, to: { path: '(^|/)node_modules/@turf/' } },
    {
      name: 'pure-nouns-touch-nothing', severity: 'error', comment: 'a noun-named file holds values: no database, framework or I/O',
      from: { path: '^src/(access|resources|companies|flows|imports|matching|review|tuning|insights)/[a-z]+\\.ts$' },
      to: { path: '((^|/)node_modules/(typeorm|pg|bullmq|ioredis|express|@nestjs)/|(node:)?(fs|net|http|https|child_process|dgram|tls)$)' },
    },
    {
      name: 'typeorm-stays-in-its-places', severity: 'error', comment: 'entities, queries, actions and platform/postgres',
      from: { path: '^(src|workers)/', pathNot: ['^src/platform/postgres/', '^src/platform/(platform\\.module|http/problem\\.filter)\\.ts$', '^src/(embedded-house|cli/open-house)\\.ts$', IMPURE] },
      to: { path: '(^|/)node_modules/typeorm/' },
    },
    {
      name: 'queue-stays-in-platform-and-workers', severity: 'error',
      from: { path: '^(src|config|bench)/', pathNot: '^src/platform/' },
      to: { path: '(^|/)node_modules/(bullmq|ioredis)/' },
    },
    {
      // The whole list of ways out of the process. Databases and queues are inside the house; these reach people and other hosts.
      name: 'ways-out-are-listed', severity: 'error',
      from: { path: '^(src|workers|config)/', pathNot: '^src/platform/((mail|company-mail|geocoder)\\.ts$|postgres/embedded/)' },
      to: { path: '((^|/)node_modules/(nodemailer|undici|axios|openid-client|node-fetch|got)/|(node:)?(net|tls|dgram|https|http2)$)' },
    },
    {
      name: 'http-server-in-one-place', severity: 'error', comment: 'node:http may name status codes; nobody opens a client with it',
      from: { path: '^(src|workers|config)/', pathNot: '^(src/platform/(http/|geocoder\\.ts|mail\\.ts)|src/http-app\\.ts|src/cli/health\\.ts)' },
      to: { path: '^(node:)?http$' },
    },
    { name: 'only-mail-users', severity: 'error', from: { path: '^(src|workers)/', pathNot: '^src/(platform/|access/|introductions/)|^workers/' }, to: { path: '^src/platform/mail\\.ts$' } },
    { name: 'only-introductions-write-to-companies', severity: 'error', comment: 'promise P1: nothing else may reach a company', from: { path: '.', pathNot: '^(src/introductions|test)/' }, to: { path: '^src/platform/company-mail\\.ts$' } },
    { name: 'every-import-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-dev-packages-in-the-product', severity: 'error', from: { path: '^(src|workers|config)/' }, to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'], extensions: ['.ts', '.tsx', '.js', '.d.ts'] },
  },
};
