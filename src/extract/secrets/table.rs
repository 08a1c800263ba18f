//! Marks and labels of secrets.

/// What a mark in a text may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A token that the mark itself begins: kind, shortest length behind the mark.
    Token(&'static str, usize),
    /// `AKIA`, `ASIA`.
    AccessKey,
    /// `eyJ`.
    Jwt,
    /// `Bearer `, `Basic `.
    Bearer,
    Basic,
    /// `-----BEGIN`.
    PrivateKey,
    /// A label: the value follows a sign.
    Label(&'static str),
    /// A label of an account: the name follows, and behind a slash the password.
    Login,
    /// `https://user:password@host`.
    UserInfo,
    /// `curl -u user:password`.
    BasicAuth,
    /// `Cookie:`, `Set-Cookie:`.
    Cookie,
}

#[rustfmt::skip]
pub(super) const MARKS: &[(&str, Mark)] = &[
    ("Atza|", Mark::Token("lwa_access_token", 20)), ("Atza%7C", Mark::Token("lwa_access_token", 20)), ("Atc|", Mark::Token("lwa_access_token", 20)), ("Atc%7C", Mark::Token("lwa_access_token", 20)),
    ("Atzr|", Mark::Token("lwa_refresh_token", 20)), ("Atzr%7C", Mark::Token("lwa_refresh_token", 20)),
    ("Atz.sprdt|", Mark::Token("restricted_data_token", 20)), ("Atz.sprdt%7C", Mark::Token("restricted_data_token", 20)),
    ("amzn1.oa2-cs.v1.", Mark::Token("lwa_client_secret", 40)), ("amzn.mws.", Mark::Token("mws_auth_token", 36)),
    ("FwoG", Mark::Token("sts_session_token", 96)), ("IQoJ", Mark::Token("sts_session_token", 96)),
    ("AKIA", Mark::AccessKey), ("ASIA", Mark::AccessKey),
    ("eyJ", Mark::Jwt), ("Bearer ", Mark::Bearer), ("Basic ", Mark::Basic), ("-----BEGIN ", Mark::PrivateKey), ("://", Mark::UserInfo), ("curl -u ", Mark::BasicAuth), (" -u ", Mark::BasicAuth), ("--user ", Mark::BasicAuth),
    ("ya29.", Mark::Token("bearer_token", 20)), ("AIza", Mark::Token("api_key", 35)), ("ghp_", Mark::Token("api_key", 36)), ("gho_", Mark::Token("api_key", 36)), ("github_pat_", Mark::Token("api_key", 40)), ("xoxb-", Mark::Token("api_key", 20)), ("xoxp-", Mark::Token("api_key", 20)), ("sk_live_", Mark::Token("api_key", 20)),
    ("cookie", Mark::Cookie), ("set-cookie", Mark::Cookie),
    // Passwords in the desks' languages.
    ("login", Mark::Login), ("logins", Mark::Login), ("username", Mark::Login), ("user", Mark::Login), ("credentials", Mark::Login), ("zugangsdaten", Mark::Login), ("zugang", Mark::Login), ("anmeldung", Mark::Login), ("benutzer", Mark::Login), ("benutzername", Mark::Login), ("identifiant", Mark::Login), ("identifiants", Mark::Login), ("dane logowania", Mark::Login), ("logowanie", Mark::Login), ("账号", Mark::Login), ("帐号", Mark::Login), ("登录", Mark::Login),
    ("password", Mark::Label("password")), ("passwd", Mark::Label("password")), ("pwd", Mark::Label("password")), ("pass", Mark::Label("password")), ("passphrase", Mark::Label("password")), ("passwort", Mark::Label("password")), ("kennwort", Mark::Label("password")), ("mot de passe", Mark::Label("password")), ("mdp", Mark::Label("password")), ("hasło", Mark::Label("password")), ("hasłem", Mark::Label("password")), ("hasla", Mark::Label("password")), ("haslo", Mark::Label("password")), ("密码", Mark::Label("password")), ("口令", Mark::Label("password")), ("pw", Mark::Label("password")),
    ("client_secret", Mark::Label("lwa_client_secret")), ("clientsecret", Mark::Label("lwa_client_secret")), ("client secret", Mark::Label("lwa_client_secret")), ("client-secret", Mark::Label("lwa_client_secret")), ("lwa_client_secret", Mark::Label("lwa_client_secret")), ("客户端密钥", Mark::Label("lwa_client_secret")),
    ("secret access key", Mark::Label("aws_secret_access_key")), ("secret_access_key", Mark::Label("aws_secret_access_key")), ("secretaccesskey", Mark::Label("aws_secret_access_key")), ("aws_secret_key", Mark::Label("aws_secret_access_key")), ("aws secret key", Mark::Label("aws_secret_access_key")), ("secretkey", Mark::Label("aws_secret_access_key")), ("secret_key", Mark::Label("aws_secret_access_key")), ("secret key", Mark::Label("aws_secret_access_key")), ("secret-key", Mark::Label("aws_secret_access_key")), ("aws_secret", Mark::Label("aws_secret_access_key")), ("aws secret", Mark::Label("aws_secret_access_key")),
    ("x-amz-security-token", Mark::Label("sts_session_token")), ("session_token", Mark::Label("sts_session_token")), ("sessiontoken", Mark::Label("sts_session_token")), ("aws_session_token", Mark::Label("sts_session_token")),
    ("access_token", Mark::Label("bearer_token")), ("accesstoken", Mark::Label("bearer_token")), ("auth_token", Mark::Label("bearer_token")), ("authtoken", Mark::Label("bearer_token")), ("api_key", Mark::Label("api_key")), ("apikey", Mark::Label("api_key")), ("api-key", Mark::Label("api_key")), ("api key", Mark::Label("api_key")), ("x-api-key", Mark::Label("api_key")),
];
