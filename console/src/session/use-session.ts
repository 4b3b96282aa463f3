// Who is logged in. Only pages behind the login ask.
import { useRouteContext } from '@tanstack/react-router'

export function useSession() {
  const { session } = useRouteContext({ from: '/inside' })
  return { ...session, isAdministrator: session.user.role === 'administrator' }
}
