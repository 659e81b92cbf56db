"""A static page that shows the worked examples, with pictures and files to download: `workbook gallery`."""
