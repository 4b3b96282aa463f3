// Portuguese texts of signing in at Google and Microsoft.
import type { Text } from './shape.ts'

export const signInReasons = {
  token_refused: [
    'O servidor de e-mail recusou o acesso que o Google ou a Microsoft nos deu.',
    'Verifique se o IMAP está ativado e se o endereço é o principal da conta e entre de novo.',
  ],
  mailbox_refused: [
    'O provedor reconhece o login, mas não abre a caixa de e-mail.',
    'Verifique se o IMAP está ativado, se o endereço é o principal da conta e, em caixa compartilhada, se você tem acesso total a ela.',
  ],
  access_revoked: [
    'O provedor encerrou nosso acesso ao e-mail.',
    'Entre de novo. Isso ocorre após uma nova senha, uma permissão retirada ou muito tempo sem uso.',
  ],
  step_up_required: [
    'O provedor pede que a pessoa confirme mais uma vez quem é.',
    'Entre de novo e confirme como o provedor pedir.',
  ],
  consent_required: [
    'Falta a permissão para ler e enviar e-mails.',
    'Entre de novo e permita tudo o que for pedido.',
  ],
  admin_consent_required: [
    'Um administrador precisa permitir este aplicativo na sua organização.',
    'Peça a aprovação ao administrador do e-mail e entre de novo.',
  ],
  blocked_by_policy: [
    'Uma regra da sua organização bloqueia este acesso.',
    'Peça ao administrador do e-mail que o permita e verifique de novo.',
  ],
  account_unusable: [
    'A conta não consegue entrar: está desativada ou é de outro lugar.',
    'Fale com o administrador do e-mail ou entre com outra conta.',
  ],
  permission_missing: [
    'Nem tudo o que é necessário foi permitido no login.',
    'Entre de novo e deixe todas as permissões marcadas, inclusive a de e-mail.',
  ],
  code_refused: ['Não foi possível concluir o login no provedor.', 'Comece o login de novo.'],
  wrong_account: [
    'Entrou uma conta diferente da desta caixa.',
    'Entre com a conta certa; uma janela anônima pede a conta de novo. O endereço precisa ser o principal da conta: no Outlook, “Tornar o principal” nas configurações de entrada.',
  ],
  authorization_expired: ['O login no provedor não foi concluído.', 'Comece o login de novo.'],
  sign_in_ended: [
    'Este login expirou, já foi usado ou foi iniciado em outro navegador.',
    'Comece de novo no console e continue no mesmo navegador.',
  ],
  consent_denied: [
    'O acesso não foi permitido no provedor.',
    'Nada mudou. Comece o login de novo quando quiser.',
  ],
  consent_failed: ['O provedor interrompeu o login.', 'Nada mudou. Comece o login de novo.'],
  oauth_app_broken: [
    'O provedor não aceita nosso aplicativo no momento.',
    'Nada a fazer: o operador desta instalação precisa corrigir, e nós tentamos de novo.',
  ],
  sign_in_throttled: [
    'O provedor pede que renovemos o acesso mais devagar.',
    'Nada a fazer: nós tentamos de novo.',
  ],
  sign_in_unavailable: [
    'Não é possível alcançar o login do provedor no momento.',
    'Nada a fazer: nós tentamos de novo.',
  ],
  inbox_only: ['De um e-mail do Google só é lida a caixa de entrada.', 'Não informe pastas.'],
  return_url_not_allowed: [
    'O navegador não pode ser levado a esse endereço.',
    'Use um endereço que o operador permite em RETURN_URLS.',
  ],
  signs_in: [
    'Esta caixa é aberta por login no provedor, sem servidores nem senhas aqui.',
    'Não informe o campo, ou reconecte para entrar de novo.',
  ],
  google_beta: [
    'O Google ainda não aprovou este aplicativo; o login mostra um aviso e funciona.',
    'Escolha “Avançado” e continue para o aplicativo.',
  ],
  microsoft_imap_on: [
    'O IMAP precisa estar ativado neste e-mail.',
    'Em outlook.live.com: Settings > Mail > Forwarding and IMAP > “Let devices and apps use IMAP” > Save.',
  ],
  microsoft_primary_address: [
    'O endereço precisa ser o principal da conta Microsoft.',
    'Em Minha Conta Microsoft > Suas Informações > Editar Informações da Conta, clique em “Tornar o principal”.',
  ],
  google_inbox_only: [
    'Só a caixa de entrada é lida: outras pastas e o spam não são sincronizados.',
    'Para não perder nenhum cliente, crie um filtro no Gmail com “Nunca enviar para Spam”.',
  ],
} satisfies Record<string, Text>

export const signInPhrases = {
  sign_in_title: 'Conectar {address}',
  sign_in_what:
    '{address} passa a ser a caixa “{inbox}” de {account}, que vai ler os e-mails e responder por ela.',
  sign_in_account:
    'Entre no {provider} como {person}. Aparece outra conta? Escolha esta ou abra esta página em uma janela anônima.',
  sign_in_careful: 'Continue só se você sabe quem enviou você até aqui.',
  sign_in_button: 'Continuar para {provider}',
  sign_in_page_title: 'Conectar Messenger e Instagram',
  sign_in_new_page:
    'Uma página do Facebook passa a ser uma caixa de entrada de {account}, que vai ler e responder o que escrevem para ela no Messenger e no Instagram.',
  sign_in_same_page:
    '{address} continua sendo a caixa “{inbox}” de {account}. Marque a página dela de novo.',
  sign_in_choose_title: 'Login concluído',
  sign_in_choose: 'Volte ao Cloud Chat para escolher a página e dar um nome à caixa de entrada.',
  sign_in_failed: 'A caixa de entrada não foi conectada',
  sign_in_done_title: 'Conectado',
  sign_in_done: '{address} está conectado.',
  deletion_title: 'Excluído',
  deletion_done:
    'O que este serviço tinha da conta do Facebook, o acesso dela às páginas, foi excluído em {at}. As páginas que ela conectou não recebem nada até que alguém as conecte de novo.',
  close_window: 'Você já pode fechar esta janela.',
  wrong_account_names: 'Você entrou como {other}; esta caixa é {address}.',
  wrong_page_names: 'Você permitiu {other}; esta caixa é {address}.',
  provider_google: 'Google',
  provider_microsoft: 'Microsoft',
  provider_instagram: 'Facebook',
} satisfies Record<string, string>
