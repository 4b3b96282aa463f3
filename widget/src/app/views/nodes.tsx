// A message as the server understood it, node by node. No parser and no HTML here.
import type { ComponentChildren } from 'preact'
import type { MarkdownNode } from '../shapes.ts'

export function Nodes({ nodes }: { nodes: readonly MarkdownNode[] }) {
  return <>{nodes.map(show)}</>
}

function show(node: MarkdownNode): ComponentChildren {
  switch (node.type) {
    case 'text':
      return node.text
    case 'br':
      return <br />
    case 'code':
      return <code>{node.text}</code>
    case 'pre':
      return (
        <pre>
          <code>{node.text}</code>
        </pre>
      )
    case 'img':
      return <img src={node.src} alt={node.alt} loading="lazy" referrerpolicy="no-referrer" />
    case 'a':
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
          <Nodes nodes={node.children} />
        </a>
      )
    default: {
      const Tag = node.type
      return (
        <Tag>
          <Nodes nodes={node.children} />
        </Tag>
      )
    }
  }
}
