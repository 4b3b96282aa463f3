// All nasty mails written by hand.
import { headerMails } from './corpus/header-mails.ts'
import type { NastyMail } from './corpus/nasty-mail.ts'
import { structureMails } from './corpus/structure-mails.ts'
import { textMails } from './corpus/text-mails.ts'

export const corpus: NastyMail[] = [...headerMails, ...textMails, ...structureMails]
