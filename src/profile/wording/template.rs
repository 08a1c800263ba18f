//! Templates of wording: strict, bounded, and without any way to reach outside.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::limits::{TEMPLATE_FUEL, TEMPLATE_OUTPUT_BYTES_MAX};

/// What templates may say. Every variable is always there, so that a template either works in every
/// mail or in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// `SP-1042`.
    pub case_number: String,
    /// Name of the desk.
    pub desk_name: String,
    /// Cleaned subject of the answered mail; only the subject template should use it.
    pub subject: String,
    /// How many things are asked for.
    pub count: usize,
    /// What the sender said of the thing asked about; empty when nothing.
    pub given: String,
    /// Names of the kinds of secrets found, joined by commas; empty when none were.
    pub secrets: String,
}

impl Variables {
    /// Variables with which a check tries every template.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            case_number: "SP-1042".to_owned(),
            desk_name: "Support".to_owned(),
            subject: "getOrders 403".to_owned(),
            count: 2,
            given: "14:05".to_owned(),
            secrets: "refresh token".to_owned(),
        }
    }

    fn context(&self) -> Value {
        context! {
            case_number => self.case_number.as_str(),
            desk_name => self.desk_name.as_str(),
            subject => self.subject.as_str(),
            count => self.count,
            given => self.given.as_str(),
            secrets => self.secrets.as_str(),
        }
    }
}

/// A template that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub String);

/// Renders templates. Holds no template itself: they are short and few.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Default for Templates {
    fn default() -> Self {
        Self::new()
    }
}

impl Templates {
    /// An environment with strict undefined variables and bounded work. There is no loader:
    /// `include` and `import` find nothing.
    #[must_use]
    pub fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(TEMPLATE_FUEL));
        Self { environment }
    }

    /// Renders a text of the body.
    ///
    /// # Errors
    /// A syntax error, an unknown variable, too much work or too long a result.
    pub fn text(&self, source: &str, variables: &Variables) -> Result<String, TemplateError> {
        let rendered = self
            .environment
            .template_from_str(source)
            .and_then(|template| template.render(variables.context()))
            .map_err(|error| TemplateError(describe(&error)))?;
        if rendered.len() > TEMPLATE_OUTPUT_BYTES_MAX {
            return Err(TemplateError(format!(
                "gives more than {TEMPLATE_OUTPUT_BYTES_MAX} bytes"
            )));
        }
        Ok(rendered.trim().to_owned())
    }

    /// Renders the value of a header field (RFC 5322 section 2.2): one line without controls.
    ///
    /// # Errors
    /// As [`Self::text`], and a template or result with a control character.
    pub fn header(&self, source: &str, variables: &Variables) -> Result<String, TemplateError> {
        if source.chars().any(char::is_control) {
            return Err(TemplateError(
                "a header must stand on one line, without control characters".to_owned(),
            ));
        }
        let rendered = self.text(source, variables)?;
        if rendered.chars().any(char::is_control) {
            return Err(TemplateError(
                "gives a header with a line break or control character".to_owned(),
            ));
        }
        // An empty value leaves two spaces behind.
        Ok(rendered.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// The error in one line, with the line of the template where there is one.
fn describe(error: &minijinja::Error) -> String {
    let mut text = error.kind().to_string();
    if let Some(detail) = error.detail() {
        text = format!("{text}: {detail}");
    }
    match error.line() {
        Some(line) if line > 1 => format!("{text} (line {line})"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Templates, Variables};

    #[test]
    fn unknown_variables_are_errors() {
        let error = Templates::new()
            .text("{{ case_nummer }}", &Variables::sample())
            .unwrap_err();
        assert!(error.to_string().contains("undefined"), "{error}");
    }

    #[test]
    fn endless_work_is_stopped() {
        let source =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        let error = Templates::new()
            .text(source, &Variables::sample())
            .unwrap_err();
        assert!(error.to_string().contains("fuel"), "{error}");
    }

    #[test]
    fn headers_refuse_line_breaks() {
        let templates = Templates::new();
        let mut variables = Variables::sample();
        assert!(
            templates
                .header("Re: {{ subject }}\r\nBcc: x", &variables)
                .is_err()
        );
        assert!(
            templates
                .header("Re: {{ '\\r\\nBcc: x' }}", &variables)
                .is_err()
        );
        variables.subject = "a\nBcc: x".to_owned();
        assert!(templates.header("Re: {{ subject }}", &variables).is_err());
        variables.subject = "a".to_owned();
        assert_eq!(
            templates.header("Re: {{ subject }}", &variables).unwrap(),
            "Re: a"
        );
    }

    #[test]
    fn nothing_outside_is_reached() {
        assert!(
            Templates::new()
                .text("{% include '/etc/passwd' %}", &Variables::sample())
                .is_err()
        );
    }
}
