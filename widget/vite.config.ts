// The app in the iframe. The API writes its page, so that each inbox has its own frame-ancestors.
import { lingui } from '@lingui/vite-plugin'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/widget/',
  plugins: [lingui({ cwd: import.meta.dirname, macroTransform: true, failOnMissing: true })],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    manifest: 'manifest.json',
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'src/app/main.tsx' },
  },
})
