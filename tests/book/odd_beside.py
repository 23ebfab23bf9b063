"""Odd things beside the sheets, and what of them stands on a sheet."""

from __future__ import annotations

from xml.sax.saxutils import escape

from odd_parts import BOOK, MAIN, OFFICE, SHEET, X14, X15, Odd, odd_thing, plain_sheet

from tests.sheets import RECORD, RECORD_HEADERS

VENDOR = "application/vnd.ms-excel"
MS = "http://schemas.microsoft.com/office"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


# Parts beside the sheets


@odd_thing
def absolute_targets(odd: Odd) -> None:
    odd.edit("xl/_rels/workbook.xml.rels", 'Target="worksheets/', 'Target="/xl/worksheets/')
    odd.edit("xl/_rels/workbook.xml.rels", 'Target="styles', 'Target="/xl/styles')
    odd.edit("_rels/.rels", 'Target="xl/workbook', 'Target="/xl/workbook')


@odd_thing
def percent_encoded_part_names(odd: Odd) -> None:
    odd.rename("xl/worksheets/sheet1.xml", "xl/worksheets/%E5%AE%A2%E6%88%B7%20sheet1.xml")


@odd_thing
def external_links(odd: Odd) -> None:
    odd.part(
        "xl/externalLinks/externalLink1.xml",
        f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"><sheetNames><sheetName val="价格"/>'
        '</sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>7</v></cell></row></sheetData>'
        "</sheetDataSet></externalBook></externalLink>",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml", BOOK, f"{OFFICE}/externalLink",
        rid="rIdX1",
    )  # fmt: skip
    odd.link("xl/externalLinks/externalLink1.xml", f"{OFFICE}/externalLinkPath", "file:///C:/%E4%BB%B7%E6%A0%BC.xlsx",
             external=True)  # fmt: skip
    odd.edit(
        BOOK,
        "</workbook>",
        '<externalReferences><externalReference r:id="rIdX1"/></externalReferences></workbook>',
    )
    odd.edit(SHEET, "</row></sheetData>", '<c r="R2"><f>[1]价格!$A$1*2</f><v>14</v></c></row></sheetData>')


@odd_thing
def custom_XML(odd: Odd) -> None:
    odd.part(
        "customXml/item1.xml",
        '<b:Sources xmlns:b="urn:b" SelectedStyle=""/>',
        "",
        BOOK,
        f"{OFFICE}/customXml",
    )
    odd.part(
        "customXml/itemProps1.xml",
        '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        'ds:itemID="{1C1A3A5E-5D5C-4B3A-9E0B-0B1B2C3D4E5F}"><ds:schemaRefs/></ds:datastoreItem>',
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml", "customXml/item1.xml",
        f"{OFFICE}/customXmlProps",
    )  # fmt: skip


@odd_thing
def connections_and_a_query_table(odd: Odd) -> None:
    _connections(odd, '<dbPr connection="Provider=SQLOLEDB;Data Source=x" command="select 1"/>')
    odd.table(
        "查询",
        sheet="查询结果",
        columns=("编号", "金额"),
        extra='tableType="queryTable" ',
        field='queryTableFieldId="%d"',
    )
    odd.part(
        "xl/queryTables/queryTable1.xml",
        f'<queryTable xmlns="{MAIN}" name="查询" connectionId="1" autoFormatId="16"><queryTableRefresh nextId="3">'
        '<queryTableFields count="2"><queryTableField id="1" name="编号" tableColumnId="1"/>'
        '<queryTableField id="2" name="金额" tableColumnId="2"/></queryTableFields></queryTableRefresh></queryTable>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.queryTable+xml", "xl/tables/table1.xml",
        f"{OFFICE}/queryTable",
    )  # fmt: skip


def _connections(odd: Odd, inside: str, more: str = "") -> None:
    odd.part(
        "xl/connections.xml",
        f'<connections xmlns="{MAIN}"><connection id="1" name="查询" type="5" refreshedVersion="8" {more}>{inside}'
        "</connection></connections>",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml", BOOK, f"{OFFICE}/connections",
    )  # fmt: skip


@odd_thing
def a_data_model(odd: Odd) -> None:
    _connections(odd, '<dbPr connection="Data Model Connection" command="Model" commandType="1"/>'
                 f'<extLst><ext uri="{{DE250136-89BD-433C-8126-D09CA5730AF9}}" xmlns:x15="{X15}"><x15:connection id="" '
                 'model="1"/></ext></extLst>')  # fmt: skip
    odd.part("xl/model/item.data", bytes(range(256)) * 40, "application/vnd.openxmlformats-officedocument.model+data",
             BOOK, f"{MS}/2011/relationships/powerPivotData")  # fmt: skip
    odd.extension(
        BOOK, "{FCE2AD5D-F65C-4FA6-A056-5C36A1767C68}", X15,
        '<x15:dataModel><x15:modelTables><x15:modelTable id="表1" name="表1" connection="查询"/></x15:modelTables>'
        "</x15:dataModel>", "x15",
    )  # fmt: skip


@odd_thing
def pivot_caches(odd: Odd) -> None:
    _pivot(odd)


def _pivot(odd: Odd) -> None:
    source = '<worksheetSource ref="A1:P2" sheet="客户需求记录"/>'
    fields = "".join(
        f'<cacheField name="{escape(name)}" numFmtId="0"><sharedItems count="1"><s v="{escape(str(value or "无"))}"/>'
        "</sharedItems></cacheField>"
        for name, value in zip(RECORD_HEADERS, RECORD, strict=True)
    )
    cache = "xl/pivotCache/pivotCacheDefinition1.xml"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    odd.part(
        cache, f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1" refreshedBy="甲" refreshedVersion="6" '
        f'recordCount="1"><cacheSource type="worksheet">{source}</cacheSource><cacheFields count="{len(RECORD)}">{fields}'
        "</cacheFields></pivotCacheDefinition>", f"{kind}.pivotCacheDefinition+xml", BOOK,
        f"{OFFICE}/pivotCacheDefinition", rid="rIdP1",
    )  # fmt: skip
    odd.part("xl/pivotCache/pivotCacheRecords1.xml", f'<pivotCacheRecords xmlns="{MAIN}" count="1"><r>'
             + '<x v="0"/>' * len(RECORD) + "</r></pivotCacheRecords>", f"{kind}.pivotCacheRecords+xml", cache,
             f"{OFFICE}/pivotCacheRecords")  # fmt: skip
    odd.edit(
        BOOK, "</workbook>", '<pivotCaches><pivotCache cacheId="7" r:id="rIdP1"/></pivotCaches></workbook>'
    )
    sheet = odd.sheet("透视", plain_sheet("<v>1</v>"))
    axis = '<pivotField axis="axisRow" showAll="0"><items count="2"><item x="0"/><item t="default"/></items></pivotField>'
    pivot_fields = (
        axis + '<pivotField dataField="1" showAll="0"/>' + '<pivotField showAll="0"/>' * (len(RECORD) - 2)
    )
    odd.part(
        "xl/pivotTables/pivotTable1.xml",
        f'<pivotTableDefinition xmlns="{MAIN}" name="透视1" cacheId="7" dataCaption="值" updatedVersion="6" '
        'createdVersion="6"><location ref="A3:B5" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        f'<pivotFields count="{len(RECORD)}">{pivot_fields}</pivotFields><rowFields count="1"><field x="0"/></rowFields>'
        '<rowItems count="2"><i><x/></i><i t="grand"><x/></i></rowItems><colItems count="1"><i/></colItems>'
        '<dataFields count="1"><dataField name="计数" fld="1" subtotal="count"/></dataFields></pivotTableDefinition>',
        f"{kind}.pivotTable+xml", sheet, f"{OFFICE}/pivotTable",
    )  # fmt: skip
    odd.link("xl/pivotTables/pivotTable1.xml", f"{OFFICE}/pivotCacheDefinition", "/" + cache)


@odd_thing
def slicers_and_timelines(odd: Odd) -> None:
    _pivot(odd)
    ours = f"{MS}/2007/relationships"
    odd.part(
        "xl/slicerCaches/slicerCache1.xml",
        f'<slicerCacheDefinition xmlns="{X14}" name="切片器_客户编号" sourceName="客户编号"><pivotTables><pivotTable tabId="2" '
        'name="透视1"/></pivotTables><data><tabular pivotCacheId="7"><items count="1"><i x="0" s="1"/></items></tabular>'
        "</data></slicerCacheDefinition>", f"{VENDOR}.slicerCache+xml", BOOK, f"{ours}/slicerCache", rid="rIdS1",
    )  # fmt: skip
    sheet = odd.last_sheet
    rid = odd.part(
        "xl/slicers/slicer1.xml", f'<slicers xmlns="{X14}"><slicer name="客户编号" cache="切片器_客户编号" caption="客户编号" '
        'rowHeight="241300"/></slicers>', f"{VENDOR}.slicer+xml", sheet, f"{ours}/slicer",
    )  # fmt: skip
    odd.part(
        "xl/timelineCaches/timelineCache1.xml",
        f'<timelineCacheDefinition xmlns="{X15}" name="日程表_时间" sourceName="最近接触时间"><pivotTables><pivotTable tabId="2" '
        'name="透视1"/></pivotTables><state minimalRefreshVersion="6" lastRefreshVersion="6" pivotCacheId="7" '
        'filterType="unknown"><bounds startDate="2024-01-01T00:00:00" endDate="2025-01-01T00:00:00"/></state>'
        "</timelineCacheDefinition>", f"{VENDOR}.timelineCache+xml", BOOK,
        f"{MS}/2011/relationships/timelineCache", rid="rIdT1",
    )  # fmt: skip
    timeline = odd.part(
        "xl/timelines/timeline1.xml", f'<timelines xmlns="{X15}"><timeline name="时间" cache="日程表_时间" caption="时间" '
        'level="2" selectionLevel="2"/></timelines>', f"{VENDOR}.timeline+xml", sheet,
        f"{MS}/2011/relationships/timeline",
    )  # fmt: skip
    odd.extension(sheet, "{A8765BA9-456A-4dab-B4F3-ACF838C121DE}", X14,
                  f'<x14:slicerList><x14:slicer r:id="{rid}"/></x14:slicerList>', "x14")  # fmt: skip
    odd.extension(sheet, "{7E03D99C-DC04-49d9-9315-930204A7B6E9}", X15,
                  f'<x15:timelineRefs><x15:timelineRef r:id="{timeline}"/></x15:timelineRefs>', "x15")  # fmt: skip
    odd.extension(BOOK, "{BBE1A952-AA13-448e-AADC-164F8A28A991}", X14,
                  '<x14:slicerCaches><x14:slicerCache r:id="rIdS1"/></x14:slicerCaches>', "x14")  # fmt: skip
    odd.extension(BOOK, "{D0CA8CA8-9F24-4464-BF8E-62219DCF47F9}", X15,
                  '<x15:timelineCacheRefs><x15:timelineCacheRef r:id="rIdT1"/></x15:timelineCacheRefs>', "x15")  # fmt: skip


@odd_thing
def threaded_comments_and_persons(odd: Odd) -> None:
    person = "{B1F1C2D3-0000-4000-8000-000000000001}"
    thread = "{A1F1C2D3-0000-4000-8000-000000000002}"
    name = f"{MS}/spreadsheetml/2018/threadedcomments"
    odd.part("xl/persons/person.xml", f'<personList xmlns="{name}"><person displayName="甲" id="{person}" userId="甲" '
             'providerId="None"/></personList>', f"{VENDOR}.person+xml", BOOK, f"{MS}/2017/10/relationships/person")  # fmt: skip
    odd.part("xl/threadedComments/threadedComment1.xml", f'<ThreadedComments xmlns="{name}"><threadedComment ref="B2" '
             f'dT="2026-01-02T03:04:05.67" personId="{person}" id="{thread}"><text>再联系一次</text></threadedComment>'
             "</ThreadedComments>", f"{VENDOR}.threadedcomments+xml", SHEET,
             f"{MS}/2017/10/relationships/threadedComment")  # fmt: skip
    odd.comments(f"tc={thread}", "[线程批注] 再联系一次")


@odd_thing
def form_controls(odd: Odd) -> None:
    odd.part("xl/ctrlProps/ctrlProp1.xml", f'<formControlPr xmlns="{X14}" objectType="CheckBox" fmlaLink="$R$2" lockText="1" '
             'noThreeD="1"/>', f"{VENDOR}.controlproperties+xml", SHEET, f"{OFFICE}/ctrlProp", rid="rIdC1")  # fmt: skip
    odd.controls("rIdC1", "Check Box 1")


@odd_thing
def activeX_and_embedded_objects(odd: Odd) -> None:
    odd.part("xl/activeX/activeX1.xml", f'<ax:ocx xmlns:ax="{MS}/2006/activeX" xmlns:r="{OFFICE}" '
             'ax:classid="{D7053240-CE69-11CD-A777-00DD01143C57}" ax:persistence="persistStreamInit" r:id="rId1"/>',
             "application/vnd.ms-office.activeX+xml", SHEET, f"{OFFICE}/control", rid="rIdC1")  # fmt: skip
    odd.part("xl/activeX/activeX1.bin", bytes(range(64)), "application/vnd.ms-office.activeX", "xl/activeX/activeX1.xml",
             f"{MS}/2006/relationships/activeXControlBinary")  # fmt: skip
    odd.controls("rIdC1", "CommandButton1")
    odd.part("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
             "application/vnd.openxmlformats-officedocument.oleObject", SHEET, f"{OFFICE}/oleObject", rid="rIdO1")  # fmt: skip
    odd.edit(SHEET, "</worksheet>", '<oleObjects><oleObject progId="Package" shapeId="1026" r:id="rIdO1"/></oleObjects>'
             "</worksheet>")  # fmt: skip
    odd.order(SHEET)


@odd_thing
def a_digital_signature(odd: Odd) -> None:
    sign = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature"
    kind = "application/vnd.openxmlformats-package.digital-signature"
    odd.part("_xmlsignatures/origin.sigs", b"", f"{kind}-origin", "", f"{sign}/origin")
    odd.part("_xmlsignatures/sig1.xml", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="s"><SignedInfo/>'
             "</Signature>", f"{kind}-xmlsignature+xml", "_xmlsignatures/origin.sigs", f"{sign}/signature")  # fmt: skip


@odd_thing
def sensitivity_labels(odd: Odd) -> None:
    odd.part(
        "docMetadata/LabelInfo.xml",
        f'<clbl:labelList xmlns:clbl="{MS}/2020/mipLabelMetadata"><clbl:label '
        'id="{F42AA342-8706-4288-BD11-EBB85995028C}" enabled="1" method="Privileged" '
        'siteId="{72F988BF-86F1-41AF-91AB-2D7CD011DB47}" removed="0"/></clbl:labelList>',
        "application/vnd.ms-office.classificationlabels+xml", "", f"{MS}/2020/02/relationships/classificationlabels",
    )  # fmt: skip


@odd_thing
def a_chart_of_the_newer_kind(odd: Odd) -> None:
    odd.drawing_with_chart(SHEET, newer=True)


@odd_thing
def Strict_OOXML(odd: Odd) -> None:
    odd.drawing_with_chart(SHEET)
    odd.strict()


@odd_thing
def a_template_type(odd: Odd) -> None:
    odd.suffix = ".xltx"
    odd.edit("[Content_Types].xml", "spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml")


@odd_thing
def markup_compatibility(odd: Odd) -> None:
    odd.edit(BOOK, "<workbookPr/>", f'<workbookPr/><mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="x15">'
             f'<x15ac:absPath xmlns:x15ac="{MS}/spreadsheetml/2010/11/ac" url="C:\\客户\\"/></mc:Choice>'
             "</mc:AlternateContent>")  # fmt: skip
    odd.edit(BOOK, "<workbook ", f'<workbook xmlns:mc="{MC}" mc:Ignorable="x15 xr" xmlns:x15="{X15}" '
             f'xmlns:xr="{MS}/spreadsheetml/2014/revision" ')  # fmt: skip
    odd.edit(SHEET, "<worksheet ", f'<worksheet xmlns:mc="{MC}" mc:Ignorable="x14ac xr" '
             f'xmlns:x14ac="{MS}/spreadsheetml/2009/9/ac" xmlns:xr="{MS}/spreadsheetml/2014/revision" '
             'xr:uid="{00000000-0001-0000-0000-000000000000}" ')  # fmt: skip
    odd.edit(SHEET, '<row r="2">', '<row r="2" x14ac:dyDescent="0.25">')
