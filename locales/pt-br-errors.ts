// Portuguese texts of the errors that the API answers with.
import type { Texts } from './shape.ts'

export const errors: Texts['errors'] = {
  unauthenticated: [
    'O token de acesso está ausente, é desconhecido ou foi revogado, ou a sessão terminou.',
    'Entre, ou envie uma chave válida no cabeçalho api_access_token ou como Authorization: Bearer.',
  ],
  login_refused: [
    'O endereço ou a senha está incorreto.',
    'Confira os dois. Um administrador pode lhe dar um link para definir outra senha.',
  ],
  not_our_page: [
    'Esta requisição não veio de uma página do console.',
    'Use o console ou envie uma chave no cabeçalho api_access_token.',
  ],
  invitation_expired: [
    'Este link expirou ou já foi usado.',
    'Entre, ou peça outro link a um administrador.',
  ],
  forbidden: [
    'Esta chave não permite essa ação.',
    'Use uma chave com um papel maior ou peça a um administrador.',
  ],
  not_found: ['Não existe nada com este id.', 'Confira o id e a conta no endereço.'],
  route_not_found: ['Esta rota não existe.', 'Veja em /docs todas as rotas desta API.'],
  invalid_request: [
    'Um campo da requisição não pode ser usado.',
    'Corrija o campo indicado em details.',
  ],
  invalid_settings: [
    'Um campo do formulário de conexão não pode ser usado.',
    'Corrija o campo indicado em details.',
  ],
  invalid_json: [
    'O corpo não é um JSON válido.',
    'Envie um objeto JSON com content-type application/json.',
  ],
  unsupported_media_type: ['O corpo não é JSON.', 'Envie content-type application/json.'],
  payload_too_large: ['A requisição é grande demais.', 'Envie menos em uma requisição.'],
  invalid_cursor: [
    'O cursor não pode ser usado.',
    'Use o next_cursor da página anterior sem alterá-lo.',
  ],
  channel_already_connected: [
    'Esta caixa de e-mail já está conectada.',
    'Abra a caixa de entrada que a usa ou desconecte-a lá primeiro.',
  ],
  email_taken: ['Outro agente tem este endereço.', 'Use outro endereço ou edite esse agente.'],
  name_taken: ['Este nome já está em uso.', 'Escolha outro.'],
  invalid_rule: ['Partes da regra não fazem sentido.', 'Corrija as partes indicadas em details.'],
  conversation_taken: [
    'Uma pessoa está com esta conversa.',
    'Deixe uma nota privada ou espere que ela seja devolvida.',
  ],
  claudia_silent: [
    'A ClaudIA está desligada ou retida nesta caixa.',
    'Espere o fim da importação ou peça que ela seja ligada.',
  ],
  default_rule_protected: ['Uma regra padrão não pode ser removida.', 'Desative-a.'],
  inbox_disconnected: [
    'Esta caixa de entrada está desconectada.',
    'Conecte o e-mail novamente como nova caixa de entrada.',
  ],
  message_not_sendable: [
    'O canal não aceitaria esta mensagem.',
    'Veja os detalhes: qual é o problema e o que fazer.',
  ],
  channel_feature_unsupported: [
    'Este canal não tem esse recurso.',
    'Use a alternativa indicada nos detalhes.',
  ],
  inbox_cannot_send: [
    'Esta caixa de entrada só recebe.',
    'Adicione o SMTP à caixa de entrada e escreva a mensagem de novo.',
  ],
  no_import: [
    'Esta caixa de entrada não tem importação nesse estado.',
    'Veja a importação primeiro ou inicie uma.',
  ],
  import_running: ['Uma importação já está em andamento.', 'Aguarde ou cancele-a primeiro.'],
  connection_failed: [
    'O provedor não aceitou a conexão.',
    'Siga a orientação em details e tente novamente.',
  ],
  sign_in_not_configured: [
    'Esta instalação ainda não tem um aplicativo nesse provedor.',
    'Peça ao operador que registre um (README, "Google and Microsoft" e "Meta").',
  ],
  sign_in_not_completed: [
    'Ninguém concluiu este login até agora, ou ele falhou.',
    'Veja o login; conclua-o ou comece outro.',
  ],
  not_by_sign_in: [
    'Esta caixa não é conectada por login no provedor.',
    'Use a reconexão com as senhas dos servidores.',
  ],
  draft_expired: ['O formulário expirou.', 'Envie o formulário novamente.'],
  message_not_resendable: [
    'Só uma mensagem que falhou ou não foi confirmada pode ser reenviada.',
    'Veja o status da mensagem.',
  ],
  quarantine_settled: ['Este e-mail já foi guardado ou descartado.', 'Não há nada a fazer.'],
  assignee_not_a_person: [
    'Uma conversa só pode ser atribuída a uma pessoa.',
    'Escolha um agente; as regras de automação atribuem a ClaudIA.',
  ],
  assignee_not_a_member: [
    'Este agente não pertence à caixa de entrada.',
    'Adicione o agente à caixa de entrada primeiro.',
  ],
  last_administrator: [
    'O último administrador não pode ser removido.',
    'Torne outro agente administrador primeiro.',
  ],
  claudia_protected: [
    'A ClaudIA não pode ser alterada como agente.',
    'Use as rotas de bots ou desligue a ClaudIA na caixa de entrada.',
  ],
  attachment_not_stored: [
    'O anexo ainda está na caixa de e-mail.',
    'Tente novamente em alguns minutos: ele está sendo buscado.',
  ],
  attachment_refused: [
    'O antivírus recusou este anexo, por isso ele não foi guardado.',
    'Pergunte ao remetente o que ele é. O original continua na caixa de e-mail.',
  ],
  file_refused: ['O antivírus recusou este arquivo.', 'Verifique o arquivo ou envie outro.'],
  mail_gone: [
    'O e-mail não está mais na pasta dele.',
    'Alguém o moveu ou apagou. Procure-o na caixa de e-mail.',
  ],
  mail_refused: [
    'O antivírus recusou este e-mail, por isso ele não é entregue.',
    'Veja-o na caixa de e-mail, com cuidado.',
  ],
  mailbox_unreachable: [
    'Não foi possível abrir a caixa de e-mail agora.',
    'Veja o estado da caixa de entrada e tente novamente.',
  ],
  attachment_lost: ['A caixa de e-mail não tem mais este anexo.', 'Peça-o novamente ao remetente.'],
  signature_refused: [
    'Nada prova que o provedor enviou isto.',
    'Use o endereço de webhook que a caixa mostra e o Auth Token da conta dona do número.',
  ],
  link_expired: ['Este link expirou.', 'Abra a mensagem novamente para obter um novo link.'],
  upload_not_found: [
    'Um arquivo enviado não está mais disponível.',
    'Envie o arquivo novamente e depois a mensagem.',
  ],
  attachments_too_large: [
    'Os arquivos são grandes demais para um e-mail.',
    'Envie menos arquivos, arquivos menores ou várias mensagens.',
  ],
  idempotency_key_reused: [
    'Esta Idempotency-Key pertence a outra requisição.',
    'Use uma chave nova para uma requisição nova.',
  ],
  idempotency_key_running: [
    'A primeira requisição com esta Idempotency-Key ainda está em andamento.',
    'Repita a requisição em alguns segundos.',
  ],
  session_unknown: [
    'A sessão terminou ou é desconhecida.',
    'Inicie uma nova sessão com o website token.',
  ],
  widget_not_found: [
    'Não há nenhum widget com este website token.',
    'Copie o script novamente na caixa de entrada do widget.',
  ],
  domain_not_allowed: [
    'Este site não pode mostrar o widget.',
    'Adicione o domínio dele em “Validação de Domínio” do widget.',
  ],
  another_visitor: [
    'Esta sessão é de outro visitante.',
    'Inicie uma nova sessão para o novo identificador.',
  ],
  history_not_available: [
    'As conversas anteriores não são mostradas aqui.',
    'Ative múltiplas conversas e envie um identifier_hash válido.',
  ],
  conversation_resolved: ['Esta conversa foi encerrada.', 'Reabra-a ou comece outra conversa.'],
  conversation_goes_on: [
    'Já existe uma conversa em andamento.',
    'Continue a conversa indicada em details.',
  ],
  conversation_elsewhere: [
    'Esta conversa continua em outro canal.',
    'Responda onde ela começou ou comece outra conversa aqui.',
  ],
  message_id_taken: ['Outra mensagem tem este id.', 'Envie a mensagem com um novo id aleatório.'],
  identity_tokens_full: [
    'Já existem dois tokens ativos.',
    'Exclua o mais antigo quando o seu backend não o usar mais.',
  ],
  rate_limited: ['Requisições demais.', 'Aguarde os segundos indicados em Retry-After.'],
  console_not_built: [
    'O console não foi compilado nesta máquina.',
    'Execute npm run build e reinicie a API.',
  ],
  widget_not_built: [
    'O widget ainda não foi construído aqui.',
    'O operador deve executar npm run build em widget/ ou usar a imagem.',
  ],
  temporal_unavailable: [
    'O serviço de fluxos não pode ser alcançado no momento.',
    'Nada se perde; repita a requisição em alguns segundos.',
  ],
  update_refused: [
    'A caixa de entrada recusou isso no momento.',
    'Veja o estado da caixa de entrada.',
  ],
  database_unavailable: ['O serviço não está pronto.', 'Repita a requisição em alguns segundos.'],
  storage_unavailable: [
    'No momento não é possível guardar arquivos.',
    'Repita a requisição em um minuto.',
  ],
  internal_error: [
    'Algo deu errado do nosso lado.',
    'Repita a requisição; informe-nos o id da requisição.',
  ],
}
