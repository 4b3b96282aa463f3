// Catalogs are compiled where they are imported (the Lingui plugin in vite.config.ts).
declare module '*.po' {
  export const messages: Record<string, string>
}
