// Cloud Chat in a React Native app: npm install react-native-webview
import { useRef } from 'react'
import { KeyboardAvoidingView, Linking, Platform } from 'react-native'
import { WebView, type WebViewMessageEvent } from 'react-native-webview'

interface Props {
  /** The address that the inbox's scripts panel shows as mobile_url. */
  mobileUrl: string
  /** Of the signed-in user; the hash comes from your back end, anew each time. */
  user?: { id: string; email: string; name: string; identifierHash: string }
  onUnread?: (count: number) => void
  onClose?: () => void
}

export function ChatScreen({ mobileUrl, user, onUnread, onClose }: Props) {
  const view = useRef<WebView>(null)

  function identify() {
    if (!user) return
    const facts = { email: user.email, name: user.name, identifier_hash: user.identifierHash }
    view.current?.injectJavaScript(
      `window.cloudchat.setUser(${JSON.stringify(user.id)}, ${JSON.stringify(facts)}); true`,
    )
  }

  function hear({ nativeEvent }: WebViewMessageEvent) {
    const message = JSON.parse(nativeEvent.data)
    if ('unread' in message) onUnread?.(message.unread)
    if (message.close) onClose?.()
  }

  return (
    <KeyboardAvoidingView
      style={{ flex: 1 }}
      behavior={Platform.OS === 'ios' ? 'padding' : undefined}
    >
      <WebView
        ref={view}
        source={{ uri: mobileUrl }}
        onLoadEnd={identify}
        onMessage={hear}
        domStorageEnabled
        originWhitelist={['https://*']}
        onShouldStartLoadWithRequest={({ url }) => {
          // Links of messages open in the browser; the chat stays where it is.
          if (url.startsWith(new URL(mobileUrl).origin)) return true
          Linking.openURL(url)
          return false
        }}
      />
    </KeyboardAvoidingView>
  )
}
