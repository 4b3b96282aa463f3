// Lingui's macros in Vite, by Babel: Lingui's native transform has no binary where `npm ci` ran
// under Node 20, since npm leaves out optional packages that want a newer one.
import { transformAsync } from '@babel/core'
import { getConfig } from '@lingui/conf'
import type { Plugin } from 'vite'

/** `cwd`: where lingui.config.ts lies. */
export function linguiMacro(options: { cwd: string }): Plugin {
  const linguiConfig = getConfig(options)
  return {
    name: 'lingui-macro',
    enforce: 'pre',
    transform: {
      filter: { id: /\.tsx?$/, code: /@lingui\/(core|react)\/macro/ },
      async handler(code, id) {
        const descriptorFields = this.environment.config.isProduction ? 'id-only' : 'all'
        const result = await transformAsync(code, {
          filename: id,
          babelrc: false,
          configFile: false,
          parserOpts: { plugins: ['typescript', 'jsx'] },
          plugins: [['@lingui/babel-plugin-lingui-macro', { linguiConfig, descriptorFields }]],
          sourceMaps: true,
        })
        return { code: result?.code ?? code, map: result?.map ?? null }
      },
    },
  }
}
