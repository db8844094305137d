import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { serviceWorker } from './service-worker.ts';

export default defineConfig({
  plugins: [react(), serviceWorker('/capture/capture-page.tsx')],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // What changes with every release of ours apart from what hardly ever does, so that browsers keep the latter; what only some pages need comes with them.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/, tags: ['$initial'] }] } } },
    // The map's library, which comes with the map alone.
    chunkSizeWarningLimit: 1_100,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
