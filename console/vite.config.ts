// The console as static files. The API puts a nonce in place of NONCE at each request.
import { lingui } from '@lingui/vite-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { linguiMacro } from '../scripts/platform/lingui-macro.ts'

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  html: { cspNonce: 'NONCE' },
  plugins: [
    react(),
    linguiMacro({ cwd: import.meta.dirname }),
    lingui({ cwd: import.meta.dirname, failOnMissing: true }),
  ],
  build: {
    target: 'es2022',
    // These know light-dark(). What takes its place for older ones needs every colour scheme to be
    // set where the compiler sees it, and Mantine sets it at run time.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    sourcemap: false,
  },
})
