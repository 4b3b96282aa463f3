// The app in the iframe. The API writes its page, so that each inbox has its own frame-ancestors.
import { lingui } from '@lingui/vite-plugin'
import { defineConfig } from 'vite'
import { linguiMacro } from '../scripts/platform/lingui-macro.ts'

export default defineConfig({
  root: import.meta.dirname,
  base: '/widget/',
  plugins: [
    linguiMacro({ cwd: import.meta.dirname }),
    lingui({ cwd: import.meta.dirname, failOnMissing: true }),
  ],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    manifest: 'manifest.json',
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'src/app/main.tsx' },
  },
})
