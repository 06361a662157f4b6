//! Where in a shell's script a hole stands. A wrong guess may split a value; it can never run one.

/// What a place in a script is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    Nothing,
    /// Double quotes: a value stands there as it is.
    Double,
    /// Single quotes: nothing is filled in.
    Single,
    Comment,
}

/// Walks along a script, text by text.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Open quotes and `$(`, the innermost last.
    open: Vec<char>,
    before: Option<char>,
    in_comment: bool,
}

impl Walk {
    pub fn within(&self) -> Within {
        match self.open.last() {
            _ if self.in_comment => Within::Comment,
            Some('"') => Within::Double,
            Some('\'') => Within::Single,
            _ => Within::Nothing,
        }
    }

    /// Something was filled in here.
    pub fn hole(&mut self) {
        self.before = Some('x');
    }

    pub fn text(&mut self, text: &str) {
        text.chars().for_each(|c| self.step(c));
    }

    fn step(&mut self, c: char) {
        let within = self.within();
        let escaped = self.before == Some('\\') && within != Within::Single && within != Within::Comment;
        self.before = if escaped { None } else { self.before };
        match (within, c) {
            (Within::Comment, _) => self.in_comment = c != '\n',
            _ if escaped => return,
            (Within::Single, '\'') | (Within::Double, '"') => drop(self.open.pop()),
            (Within::Single, _) => {}
            (Within::Nothing | Within::Double, '(') if self.before == Some('$') => self.open.push('('),
            (_, '`') if self.open.contains(&'`') => while self.open.pop().is_some_and(|open| open != '`') {},
            (_, '`') => self.open.push('`'),
            (Within::Nothing, '\'' | '"') => self.open.push(c),
            (Within::Nothing, '(') if self.open.last() == Some(&'(') => self.open.push('('),
            (Within::Nothing, ')') if self.open.last() == Some(&'(') => drop(self.open.pop()),
            (Within::Nothing, '#') if self.before.is_none_or(char::is_whitespace) => self.in_comment = true,
            _ => {}
        }
        self.before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_within_the_innermost_quotes() {
        for (script, within) in [
            ("echo ", Within::Nothing),
            ("echo 'a' \"b\" ", Within::Nothing),
            ("echo 'a", Within::Single),
            ("echo \"it's ", Within::Double),
            ("echo \"$(cat ", Within::Nothing),
            ("echo \"$(cat 'x') ", Within::Double),
            ("echo \"`cat ", Within::Nothing),
            ("echo \"`cat` ", Within::Double),
            ("echo it\\'s ", Within::Nothing),
            ("# it's\necho ", Within::Nothing),
            ("# it's ", Within::Comment),
            ("echo a#b'", Within::Single),
            ("echo \"\\\" ", Within::Double),
        ] {
            let mut walk = Walk::default();
            walk.text(script);
            assert_eq!(walk.within(), within, "{script}");
        }
    }
}
