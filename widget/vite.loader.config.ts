// The loader, /packs/js/sdk.js: one script without a module, for pages of any age.
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: 'es2020',
    emptyOutDir: false,
    sourcemap: false,
    lib: {
      entry: 'src/loader/sdk.ts',
      formats: ['iife'],
      name: 'cloudchatLoader',
      fileName: () => 'sdk.js',
    },
  },
})
