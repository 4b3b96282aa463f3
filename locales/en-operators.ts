// What an operator reads while opening what Temporal keeps encrypted.

export const operatorPhrases = {
  codec_title: 'Payloads in the Temporal UI',
  codec_what:
    'Arguments and results are encrypted in Temporal. With the operators’ password this browser may read them there for twelve hours.',
  codec_password: 'Operators’ password',
  codec_button: 'Open',
  codec_refused: 'That is not the password. Go back and try again.',
  codec_open:
    'Done. Reload the Temporal UI; its codec endpoint is this page’s address, with cross-origin credentials included.',
} satisfies Record<string, string>
