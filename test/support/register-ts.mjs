// Lets plain Node run this project's TypeScript sources in a process of their own:
//   node --import <path or URL of this file> src/some-process.ts
// Types are stripped by swc with the settings of .swcrc, as under Jest; nothing is checked or written.
import { register } from 'node:module';

register('./ts-loader.mjs', import.meta.url);
