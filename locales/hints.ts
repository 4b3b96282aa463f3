// What may lie behind a failure and what may help, by code: possibilities and advice, never verdicts.
import type { Locale, Text } from './shape.ts'

type Hint = Record<Locale, Text>

export const hints = {
  login_mistyped: {
    en: [
      'Login or password may be mistyped.',
      'Type both again; most providers want the whole address as login.',
    ],
    'pt-BR': [
      'O login ou a senha talvez tenha um erro de digitação.',
      'Digite ambos de novo; a maioria dos provedores usa o endereço inteiro como login.',
    ],
  },
  app_password_wanted: {
    en: [
      'The provider may want an app password, as with two-factor authentication.',
      'Make an app password in the mailbox’s security settings; enter it for IMAP and for SMTP.',
    ],
    'pt-BR': [
      'O provedor talvez exija uma senha de aplicativo, como com a verificação em duas etapas.',
      'Crie uma senha de aplicativo na segurança do e-mail e informe-a no IMAP e no SMTP.',
    ],
  },
  imap_switched_off: {
    en: ['IMAP may be switched off for this mailbox.', 'Switch IMAP on in the mailbox settings.'],
    'pt-BR': [
      'O IMAP talvez esteja desativado neste e-mail.',
      'Ative o IMAP nas configurações do e-mail.',
    ],
  },
  imap_disabled_by_admin: {
    en: [
      'An administrator may have switched IMAP off.',
      'Ask for it to be enabled for this mailbox.',
    ],
    'pt-BR': [
      'Um administrador talvez tenha desativado o IMAP.',
      'Peça que ele seja ativado para este e-mail.',
    ],
  },
  address_not_primary: {
    en: [
      'The address may be an alias, not the account’s primary address.',
      'Make it the primary one in the account’s sign-in settings, or use the primary address.',
    ],
    'pt-BR': [
      'O endereço talvez seja um alias, e não o principal da conta.',
      'Torne-o o principal nas configurações de entrada da conta ou use o endereço principal.',
    ],
  },
  sign_in_wanted: {
    en: [
      'The provider may no longer accept passwords here.',
      'Connect the mailbox by signing in with Google or Microsoft.',
    ],
    'pt-BR': [
      'O provedor talvez não aceite mais senhas aqui.',
      'Conecte o e-mail entrando com Google ou Microsoft.',
    ],
  },
  address_is_a_group: {
    en: [
      'The address may be a group, not a user mailbox.',
      'Use a user mailbox with its own login and password.',
    ],
    'pt-BR': [
      'O endereço talvez seja um grupo, não a caixa de um usuário.',
      'Use a caixa de um usuário, com login e senha próprios.',
    ],
  },
  address_not_of_this_login: {
    en: ['The address may belong to another login.', 'Use its own login.'],
    'pt-BR': ['O endereço talvez pertença a outro login.', 'Use o login desse endereço.'],
  },
  provider_wants_a_browser_login: {
    en: [
      'The provider may want a login in the browser.',
      'Sign in to the mailbox in a browser, then check again.',
    ],
    'pt-BR': [
      'O provedor talvez queira um login no navegador.',
      'Entre no e-mail pelo navegador e verifique novamente.',
    ],
  },
  smtp_auth_disabled_by_admin: {
    en: [
      'An administrator may have disabled authenticated SMTP.',
      'Ask for it to be enabled for this mailbox.',
    ],
    'pt-BR': [
      'Um administrador talvez tenha desativado o SMTP autenticado.',
      'Peça que ele seja ativado para este e-mail.',
    ],
  },
  other_programs_connected: {
    en: [
      'Other mail programs may hold all connections.',
      'Close some of them, or try again in a few minutes.',
    ],
    'pt-BR': [
      'Outros programas de e-mail talvez ocupem todas as conexões.',
      'Feche alguns deles ou tente novamente em alguns minutos.',
    ],
  },
  asked_too_often: {
    en: ['The provider may be slowing us down after many tries.', 'Try again in a few minutes.'],
    'pt-BR': [
      'O provedor talvez esteja nos limitando após muitas tentativas.',
      'Tente novamente em alguns minutos.',
    ],
  },
  wrong_encryption: {
    en: ['The encryption may be another one.', 'Try TLS on 993 or 465, STARTTLS on 587.'],
    'pt-BR': ['A criptografia talvez seja outra.', 'Tente TLS na 993 ou 465, STARTTLS na 587.'],
  },
  wrong_port: {
    en: ['The port may be another one.', 'Usual are 993 for IMAP and 587 for SMTP.'],
    'pt-BR': ['A porta talvez seja outra.', 'As comuns são 993 para IMAP e 587 para SMTP.'],
  },
  wrong_host_name: {
    en: [
      'The certificate may be for another name of the server.',
      'Use the name in the certificate.',
    ],
    'pt-BR': [
      'O certificado talvez seja de outro nome do servidor.',
      'Use o nome que está no certificado.',
    ],
  },
  certificate_self_signed_or_expired: {
    en: ['The certificate may be self-signed or expired.', 'Renew the certificate of the server.'],
    'pt-BR': [
      'O certificado talvez seja autoassinado ou esteja vencido.',
      'Renove o certificado do servidor.',
    ],
  },
  old_tls: {
    en: ['The server may only know an outdated TLS.', 'TLS 1.2 or newer is needed.'],
    'pt-BR': ['O servidor talvez só conheça um TLS antigo.', 'É preciso TLS 1.2 ou mais recente.'],
  },
  encryption_removed_on_the_way: {
    en: [
      'Somebody between us and the server may be removing the encryption.',
      'Choose TLS on 993 or 465, which cannot be removed.',
    ],
    'pt-BR': [
      'Alguém entre nós e o servidor talvez esteja removendo a criptografia.',
      'Escolha TLS na 993 ou 465, que não pode ser removido.',
    ],
  },
  host_misspelled: {
    en: ['The server address may be misspelled.', 'Check its spelling.'],
    'pt-BR': ['O endereço do servidor talvez esteja escrito errado.', 'Confira a grafia.'],
  },
  private_host: {
    en: ['The server may be in a private network.', 'Use a public mail server.'],
    'pt-BR': [
      'O servidor talvez esteja em uma rede privada.',
      'Use um servidor de e-mail público.',
    ],
  },
  unusual_port: {
    en: ['The port may not be one for mail.', 'Usual are 993 for IMAP and 587 for SMTP.'],
    'pt-BR': ['A porta talvez não seja de e-mail.', 'As comuns são 993 para IMAP e 587 para SMTP.'],
  },
  firewall: {
    en: ['A firewall may be in the way.', 'Ask the administrator of the server.'],
    'pt-BR': ['Um firewall talvez esteja no caminho.', 'Pergunte ao administrador do servidor.'],
  },
  server_down: {
    en: ['The server may be down.', 'Try again later.'],
    'pt-BR': ['O servidor talvez esteja fora do ar.', 'Tente mais tarde.'],
  },
  // Advice on servers that were found for an address.
  sign_in_with_google: {
    en: [
      'This is a Google mailbox.',
      'Connect it by signing in with Google; with an app password it works by IMAP too.',
    ],
    'pt-BR': [
      'Este é um e-mail do Google.',
      'Conecte-o entrando com o Google; com uma senha de aplicativo ele também funciona por IMAP.',
    ],
  },
  sign_in_with_microsoft: {
    en: [
      'This is a Microsoft mailbox.',
      'Connect it by signing in with Microsoft; passwords may be refused here.',
    ],
    'pt-BR': [
      'Este é um e-mail da Microsoft.',
      'Conecte-o entrando com a Microsoft; senhas talvez sejam recusadas aqui.',
    ],
  },
  confirm_servers: {
    en: [
      'The servers are in another domain than the address.',
      'Make sure that they are those of your mail provider before you enter the password.',
    ],
    'pt-BR': [
      'Os servidores ficam em outro domínio que o do endereço.',
      'Confirme que são os do seu provedor de e-mail antes de informar a senha.',
    ],
  },
} satisfies Record<string, Hint>

/** Every code of `channels/email` has one (a test). */
export function hintText(code: string, locale: Locale): Text {
  const known = hints as Record<string, Hint | undefined>
  return known[code]?.[locale] ?? ['', '']
}
