// Prints "N passed, N failed" of the last test run, from Jest's own report.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 1;
let skipped = 0;
try {
  const report = JSON.parse(readFileSync('.data/test-report.json', 'utf8'));
  passed = report.numPassedTests;
  // A file that does not even load has no tests to count, and is a failure all the same.
  failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  skipped = report.numPendingTests + report.numTodoTests;
} catch (error) {
  console.error(`No test report: ${error.message}`);
}
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
// Where nothing may be skipped, a skipped test is a failed run.
if (process.env.MAILLON_TEST_NO_SKIP === '1' && skipped > 0) process.exitCode = 1;
