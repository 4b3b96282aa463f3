// The button and the frame, in a shadow root of their own: the page's styles do not reach them, and
// theirs need no permission of the page's Content-Security-Policy.

const STYLE = `
:host{all:initial}
.b,.f{position:fixed;bottom:20px;right:20px;z-index:2147483000;border:0}
.l .b,.l .f{right:auto;left:20px}
.b{width:60px;height:60px;border-radius:50%;padding:0;cursor:pointer;background:var(--c,#1f5eff);
box-shadow:0 4px 16px #0004;touch-action:manipulation}
.b:focus-visible{outline:3px solid #fff;outline-offset:-6px}
.b svg{width:28px;height:28px;fill:#fff;margin:auto;display:block}
.n{position:absolute;top:-4px;right:-4px;min-width:20px;padding:0 5px;box-sizing:border-box;
border-radius:10px;background:#c00;color:#fff;font:700 12px/20px sans-serif}
.n:empty{display:none}
.f{display:none;width:400px;height:min(680px,calc(100% - 110px));bottom:92px;border-radius:16px;
background:#fff;color-scheme:normal;box-shadow:0 8px 40px #0005}
.o .f{display:block}
@media(max-width:480px){.f{inset:0!important;width:100%;height:100%;border-radius:0}.o .b{display:none}}
@media print{.b,.f{display:none!important}}`

const TEXTS = {
  pt: { open: 'Abrir o chat', close: 'Fechar o chat', unread: 'não lidas' },
  en: { open: 'Open chat', close: 'Close chat', unread: 'unread' },
}
const OPEN = 'M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z'
const CLOSE = 'M6 4l6 6 6-6 2 2-6 6 6 6-2 2-6-6-6 6-2-2 6-6-6-6z'

export interface ButtonHandlers {
  toggle(): void
  /** Somebody is about to use it. */
  near(): void
}

export function createButton({ toggle, near }: ButtonHandlers) {
  const texts = /^en/i.test(document.documentElement.lang) ? TEXTS.en : TEXTS.pt
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  const box = document.createElement('div')
  const button = document.createElement('button')
  const frame = document.createElement('iframe')
  const count = document.createElement('span')
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  root.adoptedStyleSheets = [sheet]
  button.className = 'b'
  button.type = 'button'
  frame.className = 'f'
  frame.title = 'Chat'
  frame.allow = 'clipboard-write'
  count.className = 'n'
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.append(path)
  button.append(svg, count)
  box.append(frame, button)
  root.append(box)
  button.onclick = toggle
  button.onfocus = button.onpointerenter = near

  let isOpen = false
  let unread = 0
  const paint = () => {
    const name = isOpen ? texts.close : texts.open
    button.ariaLabel = unread && !isOpen ? `${name} (${unread} ${texts.unread})` : name
    button.ariaExpanded = String(isOpen)
    path.setAttribute('d', isOpen ? CLOSE : OPEN)
    count.textContent = unread && !isOpen ? String(Math.min(unread, 99)) : ''
    box.classList.toggle('o', isOpen)
  }
  paint()
  document.body.append(host)

  return {
    frame,
    show(open: boolean) {
      isOpen = open
      paint()
      if (open) frame.focus()
      else button.focus()
    },
    badge(count: number) {
      unread = count
      paint()
    },
    look({ colour, position }: { colour: string; position: 'left' | 'right' }) {
      box.style.setProperty('--c', colour)
      box.classList.toggle('l', position === 'left')
    },
    remove: () => host.remove(),
  }
}
