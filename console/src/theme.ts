// Colours and defaults. Every pair of text and ground has at least 4.5:1 in both schemes.
import { createTheme, type MantineColor } from '@mantine/core'
import type { Inbox } from './api/shapes.ts'

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  respectReducedMotion: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
  },
})

/** Mantine's name of a colour in the API's table of states. */
export const STATE_COLORS: Record<Inbox['shown']['color'], MantineColor> = {
  green: 'green',
  blue: 'blue',
  amber: 'yellow',
  red: 'red',
  gray: 'gray',
}
