import Corpora

/// A few lines of each format that needs them.
enum HandWritten {
  static func texts(of format: CorpusFormat) -> [String] {
    switch format {
    case .uner: ["# text = Al: x\n1\tAl\tB-ORG\t-\tann\n2\t:\tO\n3\tx\tB-O\t-\tann\n\n"]
    case .germeval: ["#\thttp://a\t[2014-01-01]\n1\tBund\tB-ORG\tB-LOCderiv\n2\tx\tO\tO\n\n"]
    case .tagFirst: ["B-Rating\tfive\r\nI-Rating\tstar\r\nO\tplace\r\n\r\n"]
    case .wordOffsets: ["Ana 0 3 B-PER\nReis 4 8 I-PER\n. 8 9 O\n\n"]
    case .hipe:
      [
        "TOKEN\tNE-COARSE-LIT\tNE-COARSE-METO\tNE-FINE-LIT\tNE-FINE-METO\tNE-FINE-COMP\tNE-NESTED\tNEL-LIT"
          + "\tNEL-METO\tMISC\n# hipe2022:document_id = a\nAna\tB-pers\tO\tB-pers.ind\tO\tO\tO\tQ1\t_\t"
          + "NoSpaceAfter\n.\tO\tO\tO\tO\tO\tB-loc\t_\t_\tEndOfLine|EndOfSentence\n\n"
      ]
    case .conllu:
      [
        "# newdoc id = a\n# global.Entity = GRP-etype-infstat\n# text = I'm in Rio.\n"
          + "1-2\tI'm\t_\t_\t_\t_\t_\t_\t_\t_\n1\tI\t_\t_\t_\t_\t0\troot\t_\tEntity=(1-person-new)\n"
          + "2\t'm\t_\t_\t_\t_\t1\tx\t_\t_\n3\tin\t_\t_\t_\t_\t1\tx\t_\tEntity=(2-place-new(3-x-y\n"
          + "3.1\te\t_\t_\t_\t_\t_\t_\t_\t_\n4\tRio\t_\t_\t_\t_\t1\tx\t_\tEntity=3)2)|SpaceAfter=No\n"
          + "5\t.\t_\t_\t_\t_\t1\tx\t_\t_\n\n"
      ]
    case .conll2012:
      [
        "#begin document (a/b); part 000\n"
          + "a/b 0 0 Ana NNP (TOP* - - - - (PERSON* -\na/b 0 1 Reis NNP * - - - - *) (1)\n"
          + "a/b 0 2 . . *) - - - - (GPE) -\n\n#end document\n"
      ]
    case .layered: ["Bank\tB-ORG\tO\nof\tI-ORG\tO\nSpain\tI-ORG\tB-LOC\n.\tO\tO\n\n"]
    case .webannoTSV:
      [
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=a.b.NamedEntity|identifier|value\n\n\n#Text=Ana in Rio.\n"
          + "1-1\t0-3\tAna\t*[1]|*[2]\tPER[1]|X[2]\t\n1-1.1\t0-1\tA\t*\tY\t\n1-2\t4-6\tin\t_\t_\t\n"
          + "1-3\t7-10\tRio\t*[2]\tX[2]\t\n1-4\t10-11\t.\t_\t_\t\n"
      ]
    case .enamex:
      ["<d><p><ENAMEX TYPE=\"PERSON|ORG\">Ana</ENAMEX> in <TIMEX TYPE=\"DATE\">May</TIMEX></p></d>"]
    case .timeML:
      [
        "<TimeML><DOCID>a</DOCID><TEXT>He <EVENT eid=\"e1\" class=\"OCCURRENCE\">left</EVENT> on "
          + "<TIMEX3 tid=\"t1\" type=\"DATE\" value=\"2020\">May</TIMEX3></TEXT><MAKEINSTANCE/></TimeML>"
      ]
    case .harem:
      [
        "<colHAREM><DOC DOCID=\"a\"><P><EM ID=\"1\" CATEG=\"PESSOA|LOCAL\" TIPO=\"A|B\">Ana</EM> <OMITIDO>x"
          + "</OMITIDO><ALT><EM CATEG=\"OBRA\">Os Lus</EM>|<EM CATEG=\"X\">Lus</EM></ALT></P></DOC></colHAREM>"
      ]
    case .genia:
      [
        "<set><article><title><sentence><cons lex=\"a\" sem=\"G#protein\"><w c=\"NN\">IL-2</w> "
          + "<cons sem=\"(AND G#x G#y)\">gene</cons></cons></sentence></title></article></set>"
      ]
    case .tei:
      [
        "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><teiHeader><persName>H</persName></teiHeader><text><body>"
          + "<p>To <rs type=\"person\" ref=\"#a\">Mr <persName>R<lb break=\"no\"/>eis</persName></rs>, <placeName>"
          + "Rio</placeName></p></body></text></TEI>"
      ]
    case .verticalXML:
      ["<doc id=\"a\"><s>\nAna\tNP\tAna\nis\tVBZ\tbe\n</s>\n<s>\n<x>\nHi\tUH\thi\n</x>\n</s></doc>"]
    case .gate:
      [
        "<GateDocument><GateDocumentFeatures/><TextWithNodes><Node id=\"0\"/>😀 Ana<Node id=\"6\"/></TextWithNodes>"
          + "<AnnotationSet Name=\"Key\"><Annotation Id=\"1\" Type=\"Person\" StartNode=\"0\" EndNode=\"6\"><Feature>"
          + "<Name className=\"java.lang.String\">a</Name><Value className=\"java.lang.String\">b</Value></Feature>"
          + "</Annotation></AnnotationSet></GateDocument>"
      ]
    case .xmi:
      [
        "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" "
          + "xmlns:n=\"http:///a/ner/type.ecore\"><cas:NULL xmi:id=\"0\"/><n:NamedEntity xmi:id=\"2\" sofa=\"1\" "
          + "begin=\"0\" end=\"3\" value=\"PER\"/><cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" "
          + "sofaString=\"Ana&#10;x\"/><cas:View sofa=\"1\" members=\"2\"/></xmi:XMI>"
      ]
    case .bioc:
      [
        "<?xml version=\"1.0\"?><!DOCTYPE collection SYSTEM \"BioC.dtd\"><collection><source>s</source><document><id>1"
          + "</id><passage><infon key=\"type\">title</infon><offset>0</offset><text>Ana x</text><annotation id=\"0\">"
          + "<infon key=\"type\">P</infon><location offset=\"0\" length=\"1\"/><location offset=\"2\" length=\"1\"/>"
          + "<text>A a</text></annotation></passage></document></collection>"
      ]
    case .standoffXML:
      [
        "<document id=\"d\"><sentence id=\"s0\" text=\"Take aspirin or x.\"><entity id=\"e0\" charOffset=\"5-11;16-16\" "
          + "type=\"drug\" text=\"aspirin x\"/><pair e1=\"e0\" e2=\"e0\"/></sentence></document>"
      ]
    case .brat:
      ["T1\tPER 0 3;4 5\tAna x\nA1\tNeg T1\n#1\tAnnotatorNotes T1\tsure\nR1\tx Arg1:T1 Arg2:T1\n"]
    case .pubtator: ["1|t|Ana in Rio\n1|a|Text 😀 x.\n1\t0\t3\tAna\tPER\tD1\n1\tCID\tD1\tD2\n\n"]
    case .squad:
      [
        #"{"version":"1.1","data":[{"title":"a","paragraphs":[{"context":"Ana in Rio","qas":[{"id":"1","question":"#
          + #""who?","answers":[{"text":"Ana","answer_start":0}],"is_impossible":false}]}]}]}"#
      ]
    case .jsonl:
      [
        #"{"id":1,"text":"a 😀 b","spans":[{"start":0,"end":3,"text":"a 😀","label":"X","fragments":[[0,1],[2,3]]}]}"#
          + "\n" + #"{"tokens":["a","b"],"tags":["B-X","O"]}"# + "\n\n"
      ]
    case .conll2003: ["-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\n"]
    case .wnut17: ["#x\tO\nAna\tB-person\n\t\n@b\tB-group\n"]
    case .conll: ["Ana\tNN\tB.PER\r\nb\tNN\tO\r\n\r\n", "ORG ORG\nb O\n"]
    case .inlineXML:
      ["<c><s>a <PER>Ana <LOC>Rio</LOC></PER></s><document id=\"x\"><s>b</s></document></c>"]
    case .tokens, .text: ["Ana in Rio .\n😀 x\n"]
    }
  }
}
