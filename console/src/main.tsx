// Starts the console in the page that the API served.
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './console.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { activateLocale, preferredLocale } from './i18n.ts'
import { pageNonce } from './nonce.ts'

// Libraries that make style elements look for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: pageNonce })
await activateLocale(preferredLocale())
createRoot(document.getElementById('root')!).render(<App />)
