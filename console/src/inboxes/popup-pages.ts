// Pages that open Meta's popup are documents of their own: the policy of no other lets its SDK run
// (api/routes/console.ts).

const POPUP_PAGE = /\/inboxes\/(?:new|\d+)\/whatsapp$/
const hasSdk = POPUP_PAGE.test(window.location.pathname)

/** Whether a page cannot be shown in this document: it needs the SDK, or must not have it. */
export const needsDocument = (pathname: string): boolean => POPUP_PAGE.test(pathname) !== hasSdk
