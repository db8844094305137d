import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const sources = new URL('../../', import.meta.url).href;

function isOurs(url) {
  return url.startsWith(sources) && !url.includes('/node_modules/');
}

/** Sources name each other by the file they become ("./clock.js"): look for the TypeScript beside it. */
export async function resolve(specifier, context, nextResolve) {
  const relative = specifier.startsWith('.') || specifier.startsWith('file:');
  if (relative && specifier.endsWith('.js') && context.parentURL !== undefined && isOurs(context.parentURL)) {
    try {
      return await nextResolve(`${specifier.slice(0, -3)}.ts`, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  return nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts') || !isOurs(url)) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { filename, swcrc: true });
  return { format: 'module', source: code, shortCircuit: true };
}
