use super::*;

fn text(html: &str) -> String {
    convert(html).text
}

#[test]
fn cells_are_separated_and_rows_broken() {
    assert_eq!(
        text(
            "<table><tr><td>Order<td><p>123</p></td></tr><tr><th><div>SKU</div></th><td>A-1</td></tr></table>after"
        ),
        "Order\t123\nSKU\tA-1\nafter"
    );
}

#[test]
fn invisible_ink_and_joiners_are_dropped() {
    assert_eq!(
        text(
            "<p>a&zwnj;b &zwnj;&nbsp;c</p><span style='color: #FFF; background-color: white'>d</span><b style='color:#fff'>e</b>"
        ),
        "ab  c\n\ne"
    );
}

#[test]
fn lists_headings_and_paragraphs() {
    assert_eq!(
        text("<h1>Title</h1><p>One<p>Two<ul><li>a<li>b</ul><ol start=3><li>c</li><li>d</li></ol>"),
        "Title\n\nOne\n\nTwo\n- a\n- b\n3. c\n4. d"
    );
    assert_eq!(text("<ol start=99999999999999999999999><li>x</ol>"), "1. x");
}

#[test]
fn link_targets_stay_where_they_differ() {
    assert_eq!(
        text(
            "<a href='https://a.example/x?y=1'>here</a> <a href=http://www.b.example/>b.example</a>"
        ),
        "here <https://a.example/x?y=1> b.example"
    );
    assert_eq!(
        text("<a href='mailto:a@b.example?subject=x'>a@b.example</a>"),
        "a@b.example"
    );
}

#[test]
fn hidden_and_zero_width_content_is_dropped() {
    assert_eq!(
        text(
            "a<span style='display: none'>b</span><div hidden>c</div><p style='font-size:0px'>d<b style='font-size:12px'>e</b></p>"
        ),
        "a\n\ne"
    );
    assert_eq!(
        text("req&#8203;uest&shy;Id&nbsp;= 5<style>p{}</style><script>1</script>"),
        "requestId = 5"
    );
}

#[test]
fn preformatted_text_keeps_its_lines() {
    assert_eq!(
        text("<pre>{\n  \"a\": 1\n\n}</pre>x<br><br>y"),
        "{\n  \"a\": 1\n\n}\nx\n\ny"
    );
}

#[test]
fn quotes_and_signatures_are_marked() {
    let converted = convert(
        "<div>new</div><div class=gmail_signature>Jane</div><div class=\"gmail_quote\"><div class=gmail_attr>On Monday X wrote:\
         </div><blockquote class='gmail_quote'>old</blockquote>inside</div>",
    );
    let marks: Vec<_> = converted
        .marks
        .iter()
        .map(|mark| (converted.text[mark.range.clone()].trim(), mark.kind))
        .collect();
    assert_eq!(
        marks,
        [
            ("Jane", ZoneKind::Signature),
            ("On Monday X wrote:", ZoneKind::Quoted),
            ("old", ZoneKind::Quoted)
        ]
    );
    let converted = convert("new<div id=appendonsend></div><hr>old<p>older");
    assert_eq!(
        &converted.text[converted.marks[0].range.clone()],
        "________________________________\nold\n\nolder"
    );
}

#[test]
fn nesting_is_bounded_and_linear() {
    let html = format!(
        "{}deep{}after",
        "<div><span>".repeat(25_000),
        "</span></div>".repeat(25_000)
    );
    let converted = convert(&html);
    assert!(converted.too_deep);
    assert_eq!(converted.text, "deep\nafter");
}

/// What is too small to read, outside of the window, without height or hidden by the style sheet was read as text.
#[test]
fn what_a_style_hides_is_not_text() {
    for hidden in [
        "<span style='color:white;font-size:1px'>x</span>",
        "<div style='font-size:1pt; line-height:0'>x</div>",
        "<div style='position:absolute;left:-9999px'>x</div>",
        "<div style='position: fixed; top: -2000px'>x</div>",
        "<div style='text-indent:-9999px'>x</div>",
        "<div style='width:0;height:0;overflow:hidden'>x</div>",
        "<style>.h { display: none }</style><div class='a H'>x</div>",
        "<style><!-- p{margin:0} #pre,.h{display:none!important} --></style><div id=pre>x</div>",
        "<style media='print, SCREEN'>.h{display:none}</style><p class=h>x</p>",
        "<p style='color:red;background:white;color:white'>x</p>",
        "<style>@import 'a'; /* .s{} */ .h{visibility:hidden}</style><p class=h>x<b>y</b></p>",
    ] {
        assert_eq!(text(&format!("{hidden}<p>shown</p>")), "shown", "{hidden}");
    }
    for shown in [
        "<span style='font-size:1em'>shown</span>",
        "<span style='font-size:1.0rem'>shown</span>",
        "<div style='font-size:1px'><span style='font-size:12px'>shown</span></div>",
        "<div style='font-size:0'><span style='font:12px Arial'>shown</span></div>",
        "<div style='font-size:1px'><font size=2>shown</font></div>",
        "<div style='position:absolute;left:-9px'>shown</div>",
        "<div style='overflow:hidden;line-height:0'>shown</div>",
        "<div style='width:0'>shown</div>",
        "<style>@media (max-width:600px){.h{display:none}}</style><p class=h>shown</p>",
        "<style>.h{display:none}.h{display:block}</style><p class=h>shown</p>",
        "<style>.h{display:none}</style><p class=h style='display:block'>shown</p>",
        "<style>.outer .h{display:none}</style><p class=h>shown</p>",
        "<style>.h{color:red}</style><p class=h>shown</p>",
        "<style media=print>.h{display:none}</style><p class=h>shown</p>",
        "<style media='screen and (max-width:600px)'>.h{display:none}</style><p class=h>shown</p>",
        "<p style='color:inherit;background-color:inherit'>shown</p>",
        "<p style='background:currentcolor;color:currentcolor'>shown</p>",
        "<p style='display:none'>hidden<p>shown",
        "<p hidden>hidden<div>shown</div>",
        "<dl><dt style='display:none'>hidden<dd>shown</dl>",
        "<div style='visibility:hidden'>hidden<b style='visibility:visible'>shown</b></div>",
        "<style>.big{font-size:14px}</style><div style='font-size:0'><i class=big>shown</i></div>",
        "<style>.m{display:none} .m.on{display:block}</style><p class='m on'>shown</p>",
        "<p style='background:url(data:image/png;display:none)'>shown</p>",
        "<div style='visibility:hidden'>a<br>b<hr>c<ul><li>x</ul></div><p>shown</p>",
        "<style>.pre{display:none} .pre a{display:inline} .pre.on{display:block} u+.pre{display:block}</style><p class=pre>hidden</p><p>shown</p>",
        "<style>.s{font-size:100%}</style><div style='font-size:0'><i class=s>hidden</i></div><p>shown</p>",
        "<p style='color:#fff;background:#fff;color:#000'>shown</p>",
    ] {
        assert_eq!(text(shown), "shown", "{shown}");
    }
}

#[test]
fn empty_cells_of_values_keep_their_column() {
    assert_eq!(
        text(
            "<table><tr><th>a<th>b<th>c</tr><tr><td>1<td></td><td>3</tr><tr><td></td><td>2<td>3</tr></table>"
        ),
        "a\tb\tc\n1\t\t3\n2\t3"
    );
    // What keeps columns of a layout apart is no value.
    assert_eq!(
        text(
            "<p>Hello</p><table><tr><td width=9></td><td>left<td style='width:9px'></td><td>right</tr></table>"
        ),
        "Hello\n\nleft\tright"
    );
}

#[test]
fn lines_of_a_log_stay_lines_where_the_style_says_so() {
    assert_eq!(
        text(
            "<div style='white-space: pre-wrap'>one\n<b>two</b><p style='white-space:normal'>three\nfour</p></div>"
        ),
        "one\ntwo\n\nthree four"
    );
    assert_eq!(
        text("<div style='white-space:pre-line'>one\n    two</div>"),
        "one\ntwo"
    );
    assert_eq!(
        text("<table style='white-space:pre-wrap'>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</table>"),
        "a\tb"
    );
}

#[test]
fn a_link_ends_where_another_begins() {
    assert_eq!(
        text("<a href='https://a.example/1'>one <a href=' https://b.example/2 '>two</a>"),
        "one <https://a.example/1> two <https://b.example/2>"
    );
}
