// Mantine's looks on the router's links.
import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, Ref } from 'react'

type Rest<Props> = Props & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>
interface WithRef {
  ref?: Ref<HTMLAnchorElement>
}

export const LinkButton = createLink((props: Rest<ButtonProps> & WithRef) => (
  <Button component="a" {...props} />
))
export const TextLink = createLink((props: Rest<AnchorProps> & WithRef) => <Anchor {...props} />)
export const MenuLink = createLink((props: Rest<NavLinkProps> & WithRef) => (
  <NavLink component="a" {...props} />
))
