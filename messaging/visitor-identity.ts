// How a contact of the widget is known to the storing of messages: by itself, since no provider
// names it.

export function widgetIdentityOf(contactId: number): { kind: 'widget'; value: string } {
  return { kind: 'widget', value: String(contactId) }
}
