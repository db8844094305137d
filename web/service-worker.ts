import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';

/**
 * Builds the service worker after the page, with the list of files that it keeps: the page and one of its parts, with all that these import.
 * @param part end of the path of the part's module
 */
export function serviceWorker(part: string): Plugin {
  return {
    name: 'maillon-service-worker',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const files = ['favicon.svg', 'index.html'].map((file) => ({ url: `/${file}`, revision: createHash('sha256').update(readFileSync(join(dir, file))).digest('hex').slice(0, 16) }));
      // Names of the others say what they hold.
      const shell = [...files, ...filesOf(bundle, part).map((file) => ({ url: `/${file}`, revision: null }))];
      await build({
        configFile: false,
        root: import.meta.dirname,
        logLevel: 'warn',
        publicDir: false,
        define: { SHELL: JSON.stringify(shell), 'process.env.NODE_ENV': '"production"' },
        build: { outDir: dir, emptyOutDir: false, target: 'es2022', lib: { entry: 'src/offline/service-worker.ts', formats: ['iife'], name: 'worker', fileName: () => 'service-worker.js' } },
      });
    },
  };
}

/** @throws when no chunk holds the part: the list would lack it in silence */
function filesOf(bundle: Rolldown.OutputBundle, part: string): string[] {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
  const wanted = chunks.filter(({ isEntry, facadeModuleId }) => isEntry || facadeModuleId?.endsWith(part));
  if (!wanted.some(({ isEntry }) => !isEntry)) throw new Error(`No chunk of its own for ${part}`);
  const found = new Set<string>();
  const follow = (file: string): void => {
    const chunk = chunks.find(({ fileName }) => fileName === file);
    if (!chunk || found.has(file)) return;
    found.add(file);
    chunk.viteMetadata?.importedCss.forEach((css) => found.add(css));
    chunk.imports.forEach(follow);
  };
  wanted.forEach(({ fileName }) => follow(fileName));
  return [...found].sort();
}
