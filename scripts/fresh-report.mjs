// Before a test run: no report of an earlier one may be taken for its own.
import { mkdirSync, rmSync } from 'node:fs';

mkdirSync('.data', { recursive: true });
rmSync('.data/test-report.json', { force: true });
