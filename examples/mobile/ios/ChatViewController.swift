// Cloud Chat in an iOS app. Photos need NSCameraUsageDescription and NSPhotoLibraryUsageDescription.
import UIKit
import WebKit

struct ChatUser: Encodable {
    let id: String
    let email: String
    let name: String
    /// From your back end, anew each time.
    let identifierHash: String
}

final class ChatViewController: UIViewController, WKNavigationDelegate, WKScriptMessageHandler {
    private let address: URL
    private let user: ChatUser?
    var onUnread: ((Int) -> Void)?
    private var view_: WKWebView!

    /// address: what the inbox's scripts panel shows as mobile_url.
    init(address: URL, user: ChatUser?) {
        self.address = address
        self.user = user
        super.init(nibName: nil, bundle: nil)
    }

    required init?(coder: NSCoder) { fatalError("not from a storyboard") }

    override func viewDidLoad() {
        super.viewDidLoad()
        let settings = WKWebViewConfiguration()
        settings.userContentController.add(self, name: "CloudChat")
        view_ = WKWebView(frame: .zero, configuration: settings)
        view_.navigationDelegate = self
        view_.translatesAutoresizingMaskIntoConstraints = false
        view.addSubview(view_)
        NSLayoutConstraint.activate([
            view_.topAnchor.constraint(equalTo: view.safeAreaLayoutGuide.topAnchor),
            view_.leadingAnchor.constraint(equalTo: view.leadingAnchor),
            view_.trailingAnchor.constraint(equalTo: view.trailingAnchor),
            view_.bottomAnchor.constraint(equalTo: view.keyboardLayoutGuide.topAnchor),
        ])
        view_.load(URLRequest(url: address))
    }

    func webView(_ webView: WKWebView, didFinish navigation: WKNavigation!) {
        guard let user,
              let id = try? JSONEncoder().encode([user.id]),
              let facts = try? JSONSerialization.data(withJSONObject: [
                  "email": user.email, "name": user.name, "identifier_hash": user.identifierHash,
              ]) else { return }
        let script = "window.cloudchat.setUser(\(String(decoding: id, as: UTF8.self))[0], \(String(decoding: facts, as: UTF8.self)))"
        webView.evaluateJavaScript(script)
    }

    func userContentController(_ controller: WKUserContentController, didReceive message: WKScriptMessage) {
        guard let text = message.body as? String,
              let said = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else { return }
        if let count = said["unread"] as? Int { onUnread?(count) }
        if said["close"] as? Bool == true { dismiss(animated: true) }
    }

    func webView(_ webView: WKWebView, decidePolicyFor action: WKNavigationAction,
                 decisionHandler: @escaping (WKNavigationActionPolicy) -> Void) {
        guard let target = action.request.url, target.host != address.host else { return decisionHandler(.allow) }
        UIApplication.shared.open(target)
        decisionHandler(.cancel)
    }
}
