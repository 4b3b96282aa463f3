// Cloud Chat in a Flutter app: flutter pub add webview_flutter url_launcher
import 'dart:convert';

import 'package:flutter/material.dart';
import 'package:url_launcher/url_launcher.dart';
import 'package:webview_flutter/webview_flutter.dart';

class ChatUser {
  const ChatUser(this.id, this.email, this.name, this.identifierHash);
  final String id;
  final String email;
  final String name;

  /// From your back end, anew each time.
  final String identifierHash;
}

class ChatScreen extends StatefulWidget {
  const ChatScreen({super.key, required this.mobileUrl, this.user, this.onUnread});

  /// The address that the inbox's scripts panel shows as mobile_url.
  final String mobileUrl;
  final ChatUser? user;
  final ValueChanged<int>? onUnread;

  @override
  State<ChatScreen> createState() => _ChatScreenState();
}

class _ChatScreenState extends State<ChatScreen> {
  late final WebViewController controller;

  @override
  void initState() {
    super.initState();
    final address = Uri.parse(widget.mobileUrl);
    controller = WebViewController()
      ..setJavaScriptMode(JavaScriptMode.unrestricted)
      ..addJavaScriptChannel('CloudChat', onMessageReceived: hear)
      ..setNavigationDelegate(NavigationDelegate(
        onPageFinished: (_) => identify(),
        onNavigationRequest: (request) {
          if (Uri.parse(request.url).host == address.host) return NavigationDecision.navigate;
          launchUrl(Uri.parse(request.url), mode: LaunchMode.externalApplication);
          return NavigationDecision.prevent;
        },
      ))
      ..loadRequest(address);
  }

  void identify() {
    final user = widget.user;
    if (user == null) return;
    final facts = jsonEncode({
      'email': user.email,
      'name': user.name,
      'identifier_hash': user.identifierHash,
    });
    controller.runJavaScript('window.cloudchat.setUser(${jsonEncode(user.id)}, $facts)');
  }

  void hear(JavaScriptMessage message) {
    final Map<String, dynamic> said = jsonDecode(message.message);
    if (said['unread'] is int) widget.onUnread?.call(said['unread']);
    if (said['close'] == true && mounted) Navigator.of(context).maybePop();
  }

  @override
  Widget build(BuildContext context) => Scaffold(
        body: SafeArea(child: WebViewWidget(controller: controller)),
      );
}
