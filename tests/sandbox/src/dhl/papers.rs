//! The papers of a booking: label, waybill document and commercial invoice, as small real PDF or ZPL files in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::waybill::{Piece, Waybill};
use crate::json::Fields;

/// Everything the caller asked for; a label is always made.
pub(super) fn documents(waybill: &Waybill, request: &Value, product: &str) -> Vec<Value> {
    let output = request.at("outputImageProperties");
    let format = output.at("encodingFormat").as_str().unwrap_or("pdf");
    let options = output
        .at("imageOptions")
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let is_wanted = |kind: &str| {
        options
            .iter()
            .any(|option| option.at("typeCode") == kind && option.at("isRequested") != false)
    };
    let mut documents = vec![match format {
        "pdf" => paper("PDF", "label", &pdf(&label_pages(waybill, request, product))),
        // The other two printer languages are not drawn; their name goes with the text of this one.
        other => paper(
            &other.to_uppercase(),
            "label",
            zpl(waybill, request, product).as_bytes(),
        ),
    }];
    if options
        .iter()
        .any(|option| option.at("typeCode") == "waybillDoc" && option.at("isRequested") == true)
    {
        let mut lines = label_lines(waybill, request, product, None);
        lines.insert(0, "WAYBILL DOC - NOT TO BE ATTACHED TO PACKAGE".to_owned());
        documents.push(paper("PDF", "waybillDoc", &pdf(&[lines])));
    }
    if is_wanted("invoice") {
        documents.push(paper("PDF", "invoice", &pdf(&[invoice_lines(waybill, request)])));
    }
    documents
}

fn paper(format: &str, kind: &str, bytes: &[u8]) -> Value {
    json!({ "imageFormat": format, "content": STANDARD.encode(bytes), "typeCode": kind })
}

fn label_pages(waybill: &Waybill, request: &Value, product: &str) -> Vec<Vec<String>> {
    waybill
        .pieces
        .iter()
        .map(|piece| label_lines(waybill, request, product, Some(piece)))
        .collect()
}

fn label_lines(waybill: &Waybill, request: &Value, product: &str, piece: Option<&Piece>) -> Vec<String> {
    let mut lines = vec![
        format!("{product}   SANDBOX, NOT A VALID LABEL"),
        String::new(),
        "From:".to_owned(),
    ];
    lines.extend(address_lines(request.at("customerDetails").at("shipperDetails")));
    lines.extend([String::new(), "To:".to_owned()]);
    lines.extend(address_lines(request.at("customerDetails").at("receiverDetails")));
    let references = waybill.references.join(", ");
    lines.extend([
        String::new(),
        format!("Ref: {references}"),
        format!("Content: {}", waybill.description),
    ]);
    let grams = piece.map_or_else(|| waybill.weight_grams(), |piece| piece.weight_grams);
    lines.push(format!(
        "Weight: {}.{:03} kg   Pieces: {}",
        grams / 1000,
        grams % 1000,
        waybill.pieces.len()
    ));
    lines.push(format!("WAYBILL {}", waybill.awb));
    lines.extend(piece.map(|piece| format!("PIECE J{}", piece.id)));
    lines
}

fn address_lines(party: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (address, contact) = (party.at("postalAddress"), party.at("contactInformation"));
    let mut lines = vec![text(contact.at("companyName")), text(contact.at("fullName"))];
    lines.extend(["addressLine1", "addressLine2", "addressLine3"].map(|name| text(address.at(name))));
    lines.push(
        format!("{} {}", text(address.at("postalCode")), text(address.at("cityName")))
            .trim()
            .to_owned(),
    );
    lines.push(format!(
        "{}   Tel {}",
        text(address.at("countryCode")),
        text(contact.at("phone"))
    ));
    lines.retain(|line| !line.is_empty());
    lines
}

fn invoice_lines(waybill: &Waybill, request: &Value) -> Vec<String> {
    let content = request.at("content");
    let declaration = content.at("exportDeclaration");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![
        "COMMERCIAL INVOICE   SANDBOX".to_owned(),
        format!(
            "No {}   {}",
            text(declaration.at("invoice").at("number")),
            text(declaration.at("invoice").at("date"))
        ),
        format!("Waybill {}   Incoterm {}", waybill.awb, text(content.at("incoterm"))),
        String::new(),
    ];
    lines.extend(address_lines(request.at("customerDetails").at("receiverDetails")));
    lines.push(String::new());
    for item in declaration.at("lineItems").as_array().into_iter().flatten() {
        lines.push(format!(
            "{} {} x {}   {} {}   origin {}",
            item.at("quantity").at("value"),
            text(item.at("quantity").at("unitOfMeasurement")),
            text(item.at("description")),
            item.at("price"),
            text(content.at("declaredValueCurrency")),
            text(item.at("manufacturerCountry")),
        ));
    }
    lines.push(format!(
        "Total {} {}",
        content.at("declaredValue"),
        text(content.at("declaredValueCurrency"))
    ));
    lines
}

fn zpl(waybill: &Waybill, request: &Value, product: &str) -> String {
    let mut text = String::new();
    for piece in &waybill.pieces {
        text.push_str("^XA^CI28^PW812^LL1624\n");
        let lines = label_lines(waybill, request, product, Some(piece));
        for (place, line) in lines.iter().enumerate() {
            let down = place.saturating_mul(44).saturating_add(40);
            // Both signs start commands in this language.
            let line = line.replace(['^', '~'], " ");
            text.push_str(&format!("^FO40,{down}^A0N,32,32^FD{line}^FS\n"));
        }
        text.push_str(&format!("^FO60,1040^BY3^BCN,180,Y,N,N^FD{}^FS\n", waybill.awb));
        text.push_str(&format!("^FO60,1320^BY2^BCN,180,Y,N,N^FDJ{}^FS\n^XZ\n", piece.id));
    }
    text
}

/// A PDF with one page per list of lines, in a font every reader has.
fn pdf(pages: &[Vec<String>]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut kids = String::new();
    for lines in pages {
        let page = objects.len().saturating_add(1);
        kids.push_str(&format!("{page} 0 R "));
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 576] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            page.saturating_add(1)
        ));
        let drawn = page_text(lines);
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()));
    }
    if let Some(tree) = objects.get_mut(1) {
        *tree = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = String::new();
    for (place, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", place.saturating_add(1)));
    }
    let (start, count) = (file.len(), objects.len().saturating_add(1));
    file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{table}"));
    file.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}

fn page_text(lines: &[String]) -> String {
    let mut text = "BT /F1 9 Tf 13 TL 16 552 Td".to_owned();
    for line in lines {
        // Only what the font can show without a table of its own; brackets and backslashes are signs in PDF.
        let plain = line
            .chars()
            .take(62)
            .map(|letter| if (' '..='~').contains(&letter) { letter } else { '?' });
        let plain: String = plain.collect();
        let safe = plain.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        text.push_str(&format!("\n({safe}) Tj T*"));
    }
    text.push_str("\nET");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_pdf_points_at_its_objects() {
        let file = pdf(&[vec!["Content: shoes (new)".to_owned()], vec!["Second".to_owned()]]);

        let text = String::from_utf8(file).unwrap();
        let start: usize = text
            .rsplit("startxref\n")
            .next()
            .unwrap()
            .split('\n')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(text[start..].starts_with("xref\n"));
        for (place, line) in text[start..]
            .lines()
            .skip(3)
            .take_while(|line| line.ends_with("n "))
            .enumerate()
        {
            let at: usize = line[..10].parse().unwrap();
            assert!(text[at..].starts_with(&format!("{} 0 obj", place + 1)), "{line}");
        }
        assert!(text.contains("shoes \\(new\\)") && text.contains("/Count 2"));
    }
}
